package action

import "encoding/json"

// mailSend sends a mail. Package letter reads its arguments.
var mailSend = Action{
	Name: "mail.send", Title: "Send mail", Connection: "mail", Effect: true,
	Description: "Sends a mail, in words of your own or as a card, a table or JSON made of data.",
	Notes: []string{
		"What stands in data is shown as it is and never read as markup.",
		"Whether a mail may arrive twice or must rather not be sent again is what delivery says.",
	},
	Parameters: []Parameter{
		{Name: "to", Label: "To", Type: list, Required: true, Help: "Whom to mail: an address such as ada@example.com or \"Ada <ada@example.com>\", or a list of them."},
		{Name: "from", Label: "From", Type: text, Help: "Who the mail is from; the server's own address where absent."},
		{Name: "subject", Label: "Subject", Type: text, Help: "What the mail is about."},
		{
			Name: "template", Label: "Template", Type: text, Default: "plain", Help: "What the mail looks like.",
			Values: []Value{
				{"plain", "The text alone."},
				{"user", "A card of a user of Confluence, with all that data has of it."},
				{"table", "A table with a row for each entry of data."},
				{"json", "The data as indented JSON."},
			},
		},
		{Name: "text", Label: "Text", Type: text, Help: "The words of the mail; with a template, what stands above it."},
		{Name: "data", Label: "Data", Type: anything, Help: "What the template shows. The plain template alone needs none."},
		{Name: "columns", Label: "Columns", Type: list, Help: "Which members of the entries a table shows, in this order; all where absent."},
		{
			Name: "format", Label: "Format", Type: text, Default: "html", Help: "What the mail is sent as.",
			Values: []Value{
				{"html", "HTML, and plain text for those who read no HTML."},
				{"text", "Plain text alone."},
				{"json", "Plain text with the data attached as a JSON file."},
			},
		},
		{Name: "attach", Label: "Attach", Type: boolean, Default: false, Help: "Whether to attach the data as a JSON file, whatever the format."},
	},
	Example: json.RawMessage(`{"delivery":"What happens where nobody knows whether it was taken: at_least_once or at_most_once.",` +
		`"messageId":"The ID of the mail, which stays the same however often it is sent.","recipients":"How many it is to."}`),
}

// httpCall calls any address, where the server allows its host.
var httpCall = Action{
	Name: "http", Title: "Call an address over HTTP", Effect: true,
	Description: "Sends a request to an address, and returns what it answers.",
	Notes:       []string{"It is off unless the server's operator allows the host."},
	Parameters: []Parameter{
		{
			Name: "method", Label: "Method", Type: text, Required: true, Help: "What to ask for.",
			Values: []Value{
				{"GET", "Reads something."},
				{"HEAD", "Reads the header of something."},
				{"POST", "Makes something, or does whatever the address is for."},
				{"PUT", "Replaces something."},
				{"PATCH", "Changes a part of something."},
				{"DELETE", "Deletes something."},
			},
		},
		{Name: "endpoint", Label: "Endpoint", Type: anything, Required: true, Help: "The address, such as https://example.com/hook, or an object with it as uri."},
		{Name: "headers", Label: "Headers", Type: object, Help: "The header of the request, by name."},
		{Name: "query", Label: "Query", Type: object, Help: "What to add to the address behind the question mark, by name."},
		{Name: "body", Label: "Body", Type: anything, Help: "What to send; anything but a text is sent as JSON."},
		{
			Name: "output", Label: "Output", Type: text, Default: "content", Help: "What to return.",
			Values: []Value{
				{"content", "The body of the answer: read, where it is JSON, else as text."},
				{"response", "The whole answer: request, statusCode, headers and content."},
				{"raw", "The body of the answer as base64."},
			},
		},
	},
	Example: json.RawMessage(`"The body of the answer: whatever JSON it is, or its text."`),
}
