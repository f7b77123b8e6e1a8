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
	older := strings.NewReplacer("using var ", "var ", "![", "[", "JsonNode?", "JsonNode", "is not null", "!= null")
	var cases strings.Builder
	for id, source := range programs {
		head, main, _ := strings.Cut(source, "\n\n")
		main, show, _ := strings.Cut(main, "\nstatic void Show")
		if show != "" {
			show = "static void Show" + show
		}
		put(t, filepath.Join(folder, id+".cs"), "namespace Samples."+id+"\n{\nusing System;\nusing System.Net.Http;\n"+head+
			"\nstatic class Sample\n{\npublic static async System.Threading.Tasks.Task Run()\n{\n"+older.Replace(main)+"}\n"+older.Replace(show)+"}\n}\n")
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
