// What pages do beyond what works without a script. There is no script in a page itself: the policy refuses it.
document.documentElement.classList.add('scripted');

// Times are written for people by the browser, in their own zone and language.
function sayTimes(within) {
	for (const time of within.querySelectorAll('time[datetime]:not([title])')) {
		const at = new Date(time.dateTime);
		if (Number.isNaN(at.getTime())) continue;
		time.title = time.textContent;
		time.textContent = at.toLocaleString(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' });
	}
}
sayTimes(document);
document.addEventListener('htmx:afterSwap', (event) => sayTimes(event.target));

// A part of a page that renews itself waits while it is paused, and while somebody is in it, with the focus or with text
// that they have selected.
function mayWait(event) {
	const part = event.target;
	if (!part.matches('[hx-trigger^="every"]')) return;
	const pause = document.querySelector(`[data-pauses="${part.id}"]`);
	const selected = getSelection();
	const busy = part.contains(document.activeElement) || (!selected.isCollapsed && selected.getRangeAt(0).intersectsNode(part));
	pause.parentElement.classList.toggle('waits', busy);
	if (busy || pause.hasAttribute('data-paused')) event.preventDefault();
}
document.addEventListener('htmx:beforeRequest', mayWait);
document.addEventListener('htmx:beforeSwap', mayWait);
document.addEventListener('click', (event) => {
	const pause = event.target.closest('button[data-pauses]');
	if (!pause) return;
	pause.toggleAttribute('data-paused');
	[pause.textContent, pause.dataset.other] = [pause.dataset.other, pause.textContent];
});

// A box in the heading of a table ticks all boxes of its column.
document.addEventListener('change', (event) => {
	const all = event.target.closest('input[data-ticks]');
	if (!all) return;
	for (const box of document.querySelectorAll(`input[type=checkbox][name="${CSS.escape(all.dataset.ticks)}"]`)) box.checked = all.checked;
});

// What is shown once can be copied.
document.addEventListener('click', (event) => {
	const button = event.target.closest('button[data-copies]');
	if (!button) return;
	const source = document.getElementById(button.dataset.copies);
	const copied = () => { button.textContent = button.dataset.done; };
	if (navigator.clipboard) {
		navigator.clipboard.writeText(source.value ?? source.textContent).then(copied);
		return;
	}
	getSelection().selectAllChildren(source); // without TLS there is no clipboard: the text is selected, to be copied by hand
});

// On a narrow screen the menu waits until it is asked for.
if (matchMedia('(max-width: 48rem)').matches) document.querySelector('nav .menu')?.removeAttribute('open');
