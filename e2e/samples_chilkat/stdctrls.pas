{ A text with lines. Nothing runs. }
unit StdCtrls;
{$mode delphi}

interface

uses
  Classes;

type
  TMemo = class(TComponent)
  private
    FLines: TStrings;
  public
    property Lines: TStrings read FLines;
  end;

implementation

end.
