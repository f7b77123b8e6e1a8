package samples

import "strings"

// ruby writes a script that needs nothing but Ruby.
func ruby(o Operation) string {
	c := &code{indent: "  "}
	c.comments("#", o.about("nothing but Ruby"))
	c.line("require 'json'")
	c.line("require 'net/http'")
	c.line("")
	c.line("uri = URI(%s)", slashed(o.address()))
	if len(o.Query) > 0 {
		c.line("uri.query = URI.encode_www_form([")
		c.depth++
		for _, q := range o.Query {
			c.line("[%s, %s],", slashed(q.Name), c.joined(q.Text, slashed, ` \`))
		}
		c.depth--
		c.line("])")
	}
	c.line("request = Net::HTTP::%s.new(uri)", o.verb())
	if o.App {
		c.line(`request['Authorization'] = "Bearer #{ENV.fetch('CONFLUENCE_APP_TOKEN')}"`)
	} else {
		c.line("request.basic_auth(ENV.fetch('CONFLUENCE_EMAIL'), ENV.fetch('CONFLUENCE_TOKEN'))")
	}
	for _, h := range o.headers() {
		c.line("request[%s] = %s", slashed(h.Name), slashed(h.Text))
	}
	if o.Body != "" {
		c.line("request.body = %s", slashed(o.Body))
	}
	c.line("response = Net::HTTP.start(uri.host, uri.port, use_ssl: uri.scheme == 'https') { |http| http.request(request) }")
	c.line(`abort "The site answered #{response.code}: #{response.body}" unless response.code == '%d'`, o.Status)
	if o.Answer != nil {
		c.line("")
		c.line("def show(place, value)")
		c.line(`  puts "#{place}: #{JSON.generate(value)}" unless value.nil?`)
		c.line("end")
		c.line("")
		c.line("answer = JSON.parse(response.body)")
		inRuby.read(c, o.Answer, "answer")
	}
	return c.text.String()
}

var inRuby = reader{
	leaf: func(c *code, f field) {
		c.line("show(%s, %s)", f.label(slashed, `"#{%s}.%s"`), rubyPath(f))
	},
	open: func(c *code, l loop) {
		c.line("(%s || []).each_with_index do |%s, %s|", rubyPath(l.field), l.Item, l.Index)
		c.depth++
		c.line(`%s = "%s"`, l.At, l.place("#{%s}"))
	},
	close: func(c *code, _ loop) {
		c.depth--
		c.line("end")
	},
}

func rubyPath(f field) string {
	switch len(f.Path) {
	case 0:
		return f.Var
	case 1:
		return f.Var + "['" + f.Path[0] + "']"
	}
	return f.Var + ".dig('" + strings.Join(f.Path, "', '") + "')"
}
