{ What the samples use of Chilkat's components, with the types that an imported type library has: a flag is an Integer, a
  text is a WideString. Nothing runs. }
unit Chilkat_TLB;
{$mode delphi}

interface

uses
  Classes;

type
  IChilkatHttpResponse = interface
    function Get_BodyStr: WideString;
    function Get_StatusCode: Integer;
    property BodyStr: WideString read Get_BodyStr;
    property StatusCode: Integer read Get_StatusCode;
  end;

  TChilkatHttp = class(TComponent)
  private
    FText: WideString;
    FFlag: Integer;
  public
    procedure SetRequestHeader(const headerFieldName: WideString; const headerFieldValue: WideString);
    function HttpNoBody(const verb: WideString; const url: WideString): IChilkatHttpResponse;
    function HttpStr(const verb: WideString; const url: WideString; const bodyStr: WideString; const charset: WideString;
      const contentType: WideString): IChilkatHttpResponse;
    property AuthToken: WideString read FText write FText;
    property BasicAuth: Integer read FFlag write FFlag;
    property LastErrorText: WideString read FText;
    property LastMethodSuccess: Integer read FFlag;
    property Login: WideString read FText write FText;
    property Password: WideString read FText write FText;
  end;

  TChilkatJsonObject = class(TComponent)
  private
    FIndex: Integer;
  public
    function HasMember(const jsonPath: WideString): Integer;
    function IsNullOf(const jsonPath: WideString): Integer;
    function Load(const json: WideString): Integer;
    function SizeOfArray(const jsonPath: WideString): Integer;
    function StringOf(const jsonPath: WideString): WideString;
    property I: Integer read FIndex write FIndex;
    property J: Integer read FIndex write FIndex;
    property K: Integer read FIndex write FIndex;
  end;

implementation

procedure TChilkatHttp.SetRequestHeader(const headerFieldName: WideString; const headerFieldValue: WideString); begin end;

function TChilkatHttp.HttpNoBody(const verb: WideString; const url: WideString): IChilkatHttpResponse; begin Result := nil; end;

function TChilkatHttp.HttpStr(const verb: WideString; const url: WideString; const bodyStr: WideString; const charset: WideString;
  const contentType: WideString): IChilkatHttpResponse;
begin
  Result := nil;
end;

function TChilkatJsonObject.HasMember(const jsonPath: WideString): Integer; begin Result := 0; end;
function TChilkatJsonObject.IsNullOf(const jsonPath: WideString): Integer; begin Result := 0; end;
function TChilkatJsonObject.Load(const json: WideString): Integer; begin Result := 0; end;
function TChilkatJsonObject.SizeOfArray(const jsonPath: WideString): Integer; begin Result := 0; end;
function TChilkatJsonObject.StringOf(const jsonPath: WideString): WideString; begin Result := ''; end;

end.
