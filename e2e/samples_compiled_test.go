package e2e

import (
	_ "embed"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

//go:embed samples_mono.cs
var monoJSON string

// compiledCSharp makes one program of all samples, by mono's compiler. That knows C# 7, so what is of C# 8 and 9 is said in
// the older way: a class around the statements, and no marks for what may be null.
func compiledCSharp(t *testing.T, programs map[string]string) runner {
	folder := t.TempDir()
	put(t, filepath.Join(folder, "Json.cs"), monoJSON)
	args := []string{"-langversion:latest", "-r:System.Net.Http", "-r:System.Json", "-out:all.exe", "Json.cs", "Driver.cs"}
	older := strings.NewReplacer("using var ", "var ", "![", "[", "]!;", "];", ")!;", ");", "JsonNode?", "JsonNode", "is not null", "!= null")
	var cases strings.Builder
	for id, source := range programs {
		head, main, _ := strings.Cut(source, "\n\n")
		main, helpers, _ := strings.Cut(main, "\nstatic ")
		if helpers != "" {
			helpers = "static " + helpers
		}
		put(t, filepath.Join(folder, id+".cs"), "namespace Samples."+id+"\n{\nusing System;\nusing System.Net.Http;\n"+head+
			"\nstatic class Sample\n{\npublic static async System.Threading.Tasks.Task Run()\n{\n"+older.Replace(main)+"}\n"+older.Replace(helpers)+"}\n}\n")
		args = append(args, id+".cs")
		cases.WriteString("                case \"" + id + "\": Samples." + id + ".Sample.Run().Wait(); break;\n")
	}
	put(t, filepath.Join(folder, "Driver.cs"), `static class Driver
{
    static void Main(string[] ids)
    {
        foreach (var id in ids)
        {
            System.Console.WriteLine("\u001e" + id);
            switch (id)
            {
`+cases.String()+`            }
        }
    }
}
`)
	compile(t, folder, "mcs", args...)
	return told("mono", filepath.Join(folder, "all.exe"))
}

func TestTheSamplesForPowerShellCanBeParsed(t *testing.T) {
	t.Parallel()
	if err := exec.Command(".venv/bin/python", "-c", "import tree_sitter, tree_sitter_powershell").Run(); err != nil {
		t.Skip("there is no parser for PowerShell")
	}
	s := newSampleSite(t, standIn(t, filepath.Join(t.TempDir(), "roster.db")).URL)
	folder := t.TempDir()
	args := []string{"samples_powershell.py"}
	broken := filepath.Join(folder, "broken.ps1")
	for _, op := range s.described(t) {
		file, source := filepath.Join(folder, op.ID+".ps1"), op.sample(t, "PowerShell")
		put(t, file, source)
		put(t, broken, strings.Replace(source, "}\n", "\n", 1))
		args = append(args, file)
	}
	run(t, nil, ".venv/bin/python", args...)
	if err := program(t, ".venv/bin/python", "samples_powershell.py", broken).Run(); err == nil {
		t.Error("a script without a bracket was taken")
	}
}

// The units of Delphi and Chilkat are there by their declarations only: the samples are compiled and never run.
func TestTheSamplesForChilkatCompile(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("fpc"); err != nil {
		t.Skip("there is no fpc")
	}
	declarations, err := filepath.Abs("samples_chilkat")
	if err != nil {
		t.Fatal(err)
	}
	s := newSampleSite(t, standIn(t, filepath.Join(t.TempDir(), "roster.db")).URL)
	folder := t.TempDir()
	args := []string{"-v0e", "-Fu" + declarations, "-FU" + folder}
	asUnit := func(name, id, sample string) {
		put(t, filepath.Join(folder, strings.ToLower(name)+".pas"), "unit "+name+`;
{$mode delphi}{$H+}

interface

uses
  SysUtils, Classes, Forms, StdCtrls, Chilkat_TLB;

type
  TForm1 = class(TForm)
    Memo1: TMemo;
    procedure `+id+`;
  end;

var
  Form1: TForm1;

implementation

`+sample+"\nend.\n")
	}
	var units []string
	for _, op := range s.described(t) {
		unit := "Sample" + op.ID
		asUnit(unit, op.ID, op.sample(t, "Delphi (Chilkat)"))
		units = append(units, unit)
	}
	put(t, filepath.Join(folder, "all.pas"), "program All;\nuses\n  "+strings.Join(units, ", ")+";\nbegin\nend.\n")
	compile(t, folder, "fpc", append(args, "all.pas")...)

	asUnit("Broken", "Broken", "procedure Show(const path: string); begin end;\nprocedure TForm1.Broken; begin Show('type'); end;\n")
	broken := program(t, "fpc", append(args, "broken.pas")...)
	broken.Dir = folder
	if out, err := broken.CombinedOutput(); err == nil || !strings.Contains(string(out), `parameters specified for call to "Show"`) {
		t.Errorf("a form's own Show was called with an argument: %v\n%s", err, out)
	}
}
