// Choosing the part of a picture that is kept. What is sent is that part alone, made smaller: without this script the
// server takes the middle of the whole file.
(() => {
	const side = 512; // pixels that the server keeps
	const form = document.getElementById('picture-form');
	const file = document.getElementById('picture');
	const crop = document.getElementById('crop');
	const said = document.getElementById('crop-said');
	const canvas = document.getElementById('crop-canvas');
	const preview = document.getElementById('crop-preview');
	const zoom = document.getElementById('crop-zoom');
	const across = document.getElementById('crop-x');
	const down = document.getElementById('crop-y');
	let picture = null;

	// The square that is kept, in pixels of the picture.
	function square() {
		const size = Math.min(picture.width, picture.height) * 100 / zoom.value;
		return { size, x: (picture.width - size) * across.value / 100, y: (picture.height - size) * down.value / 100 };
	}

	function draw() {
		if (!picture) return;
		const { size, x, y } = square();
		const scale = canvas.width / picture.width;
		const pen = canvas.getContext('2d');
		pen.clearRect(0, 0, canvas.width, canvas.height);
		pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
		pen.fillStyle = 'rgb(0 0 0 / 0.55)';
		pen.fillRect(0, 0, canvas.width, canvas.height);
		const left = x * scale, top = y * scale, wide = size * scale;
		pen.drawImage(picture, x, y, size, size, left, top, wide, wide);
		pen.strokeStyle = '#fff';
		pen.lineWidth = 4;
		pen.strokeRect(left + 2, top + 2, wide - 4, wide - 4);
		const small = preview.getContext('2d');
		small.clearRect(0, 0, preview.width, preview.height);
		small.drawImage(picture, x, y, size, size, 0, 0, preview.width, preview.height);
	}

	file.addEventListener('change', async () => {
		picture?.close();
		picture = null;
		crop.hidden = true;
		said.textContent = '';
		if (file.files.length === 0) return;
		try {
			picture = await createImageBitmap(file.files[0]);
		} catch {
			said.textContent = said.dataset.unreadable;
			return;
		}
		const most = Math.max(picture.width, picture.height);
		canvas.width = Math.max(1, Math.round(640 * picture.width / most));
		canvas.height = Math.max(1, Math.round(640 * picture.height / most));
		[zoom.value, across.value, down.value] = [100, 50, 50];
		crop.hidden = false;
		draw();
	});
	for (const slider of [zoom, across, down]) slider.addEventListener('input', draw);

	// Dragging moves the square as the sliders do.
	let from = null;
	canvas.addEventListener('pointerdown', (event) => {
		if (!picture) return;
		canvas.setPointerCapture(event.pointerId);
		from = { x: event.clientX, y: event.clientY, across: Number(across.value), down: Number(down.value) };
	});
	canvas.addEventListener('pointermove', (event) => {
		if (!from) return;
		const { size } = square();
		const ratio = picture.width / canvas.getBoundingClientRect().width;
		const moved = (by, room) => room > 0 ? by * ratio / room * 100 : 0;
		across.value = from.across + moved(event.clientX - from.x, picture.width - size);
		down.value = from.down + moved(event.clientY - from.y, picture.height - size);
		draw();
	});
	for (const end of ['pointerup', 'pointercancel']) canvas.addEventListener(end, () => { from = null; });

	form.addEventListener('submit', (event) => {
		if (!picture) return;
		event.preventDefault();
		const { size, x, y } = square();
		const kept = document.createElement('canvas');
		kept.width = kept.height = Math.max(1, Math.min(side, Math.round(size)));
		kept.getContext('2d').drawImage(picture, x, y, size, size, 0, 0, kept.width, kept.height);
		kept.toBlob((blob) => {
			if (blob) {
				const instead = new DataTransfer();
				instead.items.add(new File([blob], 'picture.png', { type: 'image/png' }));
				file.files = instead.files;
			}
			form.submit();
		}, 'image/png');
	});
})();
