// The pages of actions and workflows, where they are nicer with a script.

// What is wrong with a file leads to its place.
document.addEventListener('click', (event) => {
	const place = event.target.closest('button[data-line]');
	const text = document.getElementById('text');
	if (!place || !text) return;
	const lines = text.value.split('\n');
	const line = Math.min(Number(place.dataset.line), lines.length) - 1;
	const start = lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0);
	text.focus();
	text.setSelectionRange(start + Math.max(Number(place.dataset.column) - 1, 0), start + lines[line].length);
	text.scrollTop = Math.max(line - 5, 0) * parseFloat(getComputedStyle(text).lineHeight);
});

// A file that is chosen is shown before it is sent.
document.addEventListener('change', async (event) => {
	const input = event.target.closest('input[type=file][data-fills]');
	if (!input?.files.length) return;
	document.getElementById(input.dataset.fills).value = await input.files[0].text();
	input.value = '';
});

// What must not be sent twice waits for its answer.
document.addEventListener('submit', (event) => {
	const form = event.target.closest('form[data-once]');
	if (!form) return;
	if (form.dataset.sent) event.preventDefault();
	form.dataset.sent = 'yes';
});
addEventListener('pageshow', () => {
	for (const form of document.querySelectorAll('form[data-once]')) delete form.dataset.sent;
});
