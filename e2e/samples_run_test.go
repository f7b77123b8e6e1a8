package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// language is how the samples of a language are run.
type language struct {
	label   string   // as the description calls it
	needs   []string // programs
	prepare func(t *testing.T, programs map[string]string) runner
}

// runner runs samples one after the other and returns what each prints.
type runner func(t *testing.T, ids, environ []string) map[string]string

var runnable = []language{
	{"curl", []string{"bash", "curl", "jq"}, apart("sh", "bash")},
	{"Go", []string{"go"}, compiledGo},
	{"Python", []string{"python3"}, together("py", "python3", `import runpy, sys
for id in sys.argv[1:]:
    print("\x1e" + id, flush=True)
    runpy.run_path(sys.path[0] + "/" + id + ".py", run_name="__main__")
`)},
	{"JavaScript (fetch)", []string{"node"}, together("mjs", "node", scriptDriver)},
	{"JavaScript (@forge/api)", []string{"node"}, onForge},
	{"Java", []string{"java", "javac"}, compiledJava},
	{"C#", []string{"mcs", "mono"}, compiledCSharp},
	{"PHP", []string{"php"}, apart("php", "php")},
	{"Ruby", []string{"ruby"}, together("rb", "ruby", "ARGV.each { |id| puts \"\\x1e#{id}\"; load \"#{__dir__}/#{id}.rb\" }\n")},
	{"Delphi / Free Pascal", []string{"fpc"}, compiledPascal},
}

const scriptDriver = `for (const id of process.argv.slice(2)) {
  console.log("\x1e" + id);
  await import("./" + id + ".mjs");
}
`

// apart runs every sample as a program of its own.
func apart(extension, interpreter string) func(*testing.T, map[string]string) runner {
	return func(t *testing.T, programs map[string]string) runner {
		folder := t.TempDir()
		for id, source := range programs {
			put(t, filepath.Join(folder, id+"."+extension), source)
		}
		return func(t *testing.T, ids, environ []string) map[string]string {
			printed := map[string]string{}
			for _, id := range ids {
				printed[id] = run(t, environ, interpreter, filepath.Join(folder, id+"."+extension))
			}
			return printed
		}
	}
}

// together runs all samples in one process, which tells what comes next. To start fifty takes longer than they do.
func together(extension, interpreter, driver string) func(*testing.T, map[string]string) runner {
	return func(t *testing.T, programs map[string]string) runner {
		folder := t.TempDir()
		for id, source := range programs {
			put(t, filepath.Join(folder, id+"."+extension), source)
		}
		put(t, filepath.Join(folder, "driver."+extension), driver)
		return told(interpreter, filepath.Join(folder, "driver."+extension))
	}
}

// told runs a program that takes the IDs of samples, and prints each on a line behind a mark before it runs it.
func told(command ...string) runner {
	return func(t *testing.T, ids, environ []string) map[string]string {
		printed := map[string]string{}
		for part := range strings.SplitSeq(run(t, environ, command[0], append(command[1:], ids...)...), "\x1e") {
			id, text, _ := strings.Cut(part, "\n")
			printed[strings.TrimSpace(id)] = text
		}
		return printed
	}
}

func run(t *testing.T, environ []string, name string, args ...string) string {
	t.Helper()
	cmd := program(t, name, args...)
	cmd.Env = append(withoutProxies(cmd.Env), environ...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%.2000s%s", args, err, out[max(0, len(out)-1000):], stderr.Bytes())
	}
	return string(out)
}

func put(t *testing.T, path, text string) {
	t.Helper()
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = os.WriteFile(path, []byte(text), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// compile runs a compiler in a folder.
func compile(t *testing.T, folder, compiler string, args ...string) {
	t.Helper()
	cmd := program(t, compiler, args...)
	cmd.Dir = folder
	if out, err := cmd.CombinedOutput(); err != nil {
		text := string(out)
		t.Fatalf("%s: %v\n%.4000s", compiler, err, text)
	}
}

// onForge runs samples with a stand-in for Forge's own package, which knows the site and the credential.
func onForge(t *testing.T, programs map[string]string) runner {
	folder := t.TempDir()
	put(t, filepath.Join(folder, "node_modules/@forge/api/package.json"), `{"name":"@forge/api","type":"module","main":"index.js"}`)
	put(t, filepath.Join(folder, "node_modules/@forge/api/index.js"), `
const { SITE, CONFLUENCE_EMAIL, CONFLUENCE_TOKEN, CONFLUENCE_APP_TOKEN } = process.env;
const as = (credential) => ({
  requestConfluence: (path, options) => fetch(SITE + path.text, { ...options, headers: { ...options.headers, Authorization: credential } }),
});
export function route(parts, ...values) {
  return { text: parts.map((part, i) => part + (i < values.length ? (values[i] instanceof URLSearchParams ? values[i] : encodeURIComponent(values[i])) : "")).join("") };
}
export default {
  asUser: () => as("Basic " + Buffer.from(CONFLUENCE_EMAIL + ":" + CONFLUENCE_TOKEN).toString("base64")),
  asApp: () => as("Bearer " + CONFLUENCE_APP_TOKEN),
};
`)
	for id, source := range programs {
		put(t, filepath.Join(folder, id+".mjs"), source)
	}
	put(t, filepath.Join(folder, "driver.mjs"), scriptDriver)
	return told("node", filepath.Join(folder, "driver.mjs"))
}

// compiledGo makes one program of all samples, each a package, since to link fifty takes long.
func compiledGo(t *testing.T, programs map[string]string) runner {
	folder := t.TempDir()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(folder, "go.mod"), "module samples\n\ngo 1.26\n\nrequire github.com/rosterhq/roster v0.0.0\n\nreplace github.com/rosterhq/roster => "+root+"\n")
	var imports, cases strings.Builder
	for id, source := range programs {
		name := strings.ToLower(id)
		source = strings.Replace(source, "package main\n", "package "+name+"\n", 1)
		put(t, filepath.Join(folder, name, "sample.go"), strings.Replace(source, "func main() {", "func Main() {", 1))
		imports.WriteString("\t\"samples/" + name + "\"\n")
		cases.WriteString("\t\tcase \"" + id + "\":\n\t\t\t" + name + ".Main()\n")
	}
	put(t, filepath.Join(folder, "main.go"), "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n"+imports.String()+
		")\n\nfunc main() {\n\tfor _, id := range os.Args[1:] {\n\t\tfmt.Println(\"\\x1e\" + id)\n\t\tswitch id {\n"+cases.String()+"\t\t}\n\t}\n}\n")
	compile(t, folder, "go", "build", "-mod=mod", "-o", "all", ".")
	return told(filepath.Join(folder, "all"))
}

// compiledJava compiles all classes at once. Debian has Jackson where it keeps what Java needs.
func compiledJava(t *testing.T, programs map[string]string) runner {
	var jars []string
	for _, name := range []string{"databind", "core", "annotations"} {
		jars = append(jars, "/usr/share/java/jackson-"+name+".jar")
	}
	if _, err := os.Stat(jars[0]); err != nil {
		t.Skip("there is no Jackson")
	}
	folder := t.TempDir()
	classes := strings.Join(append(jars, folder), ":")
	args := []string{"-d", folder, "-cp", classes}
	for id, source := range programs {
		name := strings.ToUpper(id[:1]) + id[1:] + ".java"
		put(t, filepath.Join(folder, name), source)
		args = append(args, name)
	}
	put(t, filepath.Join(folder, "Driver.java"), `class Driver {
    public static void main(String[] ids) throws Exception {
        for (String id : ids) {
            System.out.println("\036" + id);
            Class<?> sample = Class.forName(id.substring(0, 1).toUpperCase() + id.substring(1));
            sample.getMethod("main", String[].class).invoke(null, (Object) new String[0]);
        }
    }
}
`)
	compile(t, folder, "javac", append(args, "Driver.java")...)
	return told("java", "-XX:TieredStopAtLevel=1", "-cp", classes, "Driver")
}

// compiledPascal makes a unit of each sample, and one program of all.
func compiledPascal(t *testing.T, programs map[string]string) runner {
	folder := t.TempDir()
	var units, cases []string
	for id, source := range programs {
		name := strings.ToUpper(id[:1]) + id[1:]
		source = strings.Replace(source, "program "+name+";", "unit "+name+";", 1)
		source = strings.Replace(source, "\nuses\n", "\ninterface\n\nprocedure Run;\n\nimplementation\n\nuses\n", 1)
		source, _, _ = strings.Cut(source, "\nbegin\n  try\n    Run;")
		put(t, filepath.Join(folder, strings.ToLower(name)+".pas"), source+"\nend.\n")
		units = append(units, name)
		cases = append(cases, "    if ParamStr(I) = '"+id+"' then "+name+".Run;")
	}
	put(t, filepath.Join(folder, "all.pas"), "program All;\n{$mode delphi}{$H+}\nuses\n  SysUtils, "+strings.Join(units, ", ")+
		";\nvar\n  I: Integer;\nbegin\n  for I := 1 to ParamCount do\n  begin\n    WriteLn(#30, ParamStr(I));\n"+strings.Join(cases, "\n")+"\n  end;\nend.\n")
	compile(t, folder, "fpc", "-O-", "-v0e", "all.pas")
	return told(filepath.Join(folder, "all"))
}

func TestASampleInPascalEndsARefusalWithAMessage(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("fpc"); err != nil {
		t.Skip("there is no fpc")
	}
	s := newSampleSite(t, standIn(t, filepath.Join(t.TempDir(), "roster.db")).URL)
	folder := t.TempDir()
	for _, op := range s.described(t) {
		if op.ID == "getCurrentUser" {
			put(t, filepath.Join(folder, "refused.pas"), op.sample(t, "Delphi / Free Pascal"))
		}
	}
	compile(t, folder, "fpc", "-O-", "-v0e", "-orefused", "refused.pas")
	cmd := program(t, filepath.Join(folder, "refused"))
	cmd.Env = append(withoutProxies(cmd.Env), append(s.credentials(), "CONFLUENCE_TOKEN=wrong")...)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != 1 || !strings.HasPrefix(string(out), "The site answered 403: {") || strings.Contains(string(out), "$0") {
		t.Errorf("%v: %s", err, out)
	}
}
