{ What a form inherits, by the names that a method of a form finds before any other. Nothing runs. }
unit Forms;
{$mode delphi}

interface

uses
  Classes;

type
  TCustomForm = class(TComponent)
  public
    procedure Close;
    procedure Hide;
    procedure Print;
    procedure Release;
    procedure Repaint;
    procedure Show;
    function ShowModal: Integer;
    procedure Update;
  end;

  TForm = class(TCustomForm)
  end;

implementation

procedure TCustomForm.Close; begin end;
procedure TCustomForm.Hide; begin end;
procedure TCustomForm.Print; begin end;
procedure TCustomForm.Release; begin end;
procedure TCustomForm.Repaint; begin end;
procedure TCustomForm.Show; begin end;
function TCustomForm.ShowModal: Integer; begin Result := 0; end;
procedure TCustomForm.Update; begin end;

end.
