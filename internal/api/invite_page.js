
const button = document.querySelector('[data-copies]');
if (button && navigator.clipboard) {
	button.hidden = false;
	button.addEventListener('click', async () => {
		await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).value);
		button.textContent = 'Copied';
	});
}
