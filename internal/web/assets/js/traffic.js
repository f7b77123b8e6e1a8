// Draws charts of the figures that stand in the table, which stays for who reads it.
(() => {
	const charts = document.getElementById('charts');
	const table = document.getElementById('points');
	if (!charts || !table || !window.uPlot) return;

	const names = [...table.tHead.rows[0].cells].slice(1).map((cell) => [cell.dataset.line, cell.textContent]);
	const rows = [...table.tBodies[0].rows];
	const at = rows.map((row) => Number(row.dataset.at));
	const columns = {};
	names.forEach(([name], i) => {
		columns[name] = rows.map((row) => {
			const text = row.cells[i + 1].textContent;
			return text === '' ? null : Number(text);
		});
	});
	const titles = Object.fromEntries(names);
	const lines = {
		requests: [['rate', '--accent']],
		latency: [['p50', '--accent'], ['p99', '--bad']],
		errors: [['refused', '--quiet'], ['limited', '--accent'], ['failed', '--bad']],
	};

	const drawn = [];
	function draw() {
		drawn.splice(0).forEach((chart) => chart.destroy());
		const style = getComputedStyle(document.documentElement);
		const colour = (name) => style.getPropertyValue(name).trim();
		const axis = { stroke: colour('--quiet'), grid: { stroke: colour('--line'), width: 1 }, ticks: { stroke: colour('--line'), width: 1 } };
		for (const place of charts.querySelectorAll('[data-chart]')) {
			const shown = lines[place.dataset.chart];
			drawn.push(new window.uPlot({
				width: place.clientWidth,
				height: 200,
				cursor: { drag: { x: false, y: false } },
				legend: { live: true },
				scales: { x: { range: () => [Math.min(at[0], at.at(-1) - 3600), at.at(-1)] }, y: { range: (_, low, high) => [0, Math.max(1, high * 1.1)] } },
				axes: [axis, { ...axis, size: 56 }],
				series: [{ value: '{YYYY}-{MM}-{DD} {HH}:{mm}' }, ...shown.map(([name, stroke]) => ({
					label: titles[name], stroke: colour(stroke), width: 2, points: { show: at.length < 4 },
				}))],
			}, [at, ...shown.map(([name]) => columns[name])], place));
		}
	}

	charts.hidden = false;
	document.getElementById('figures').open = false;
	draw();
	matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
	let wait;
	addEventListener('resize', () => {
		clearTimeout(wait);
		wait = setTimeout(draw, 150);
	});
})();
