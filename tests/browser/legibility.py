"""What of the page's texts is too small or too faint to be read."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

# Every text that is seen, with its size as drawn and its contrast to the ground behind it (WCAG 2.2).
_TEXTS = """() => {
    const pen = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const parsed = new Map();
    const rgba = (text) => {
        if (!parsed.has(text)) {
            pen.clearRect(0, 0, 1, 1);
            pen.fillStyle = text;
            pen.fillRect(0, 0, 1, 1);
            const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
            parsed.set(text, [r, g, b, a / 255]);
        }
        return parsed.get(text);
    };
    const over = ([r, g, b, a], ground) => [r, g, b].map((value, i) => value * a + ground[i] * (1 - a));
    const light = (colour) => {
        const linear = (c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        const [r, g, b] = colour.map((value) => linear(value / 255));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (one, other) => {
        const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
        return (high + 0.05) / (low + 0.05);
    };
    const opacityOf = (part) => {
        let all = 1;
        for (let at = part; at; at = at.parentElement) all *= Number(getComputedStyle(at).opacity);
        return all;
    };
    // From the page up: plain grounds, and gradients of one colour, as the cells of heat maps have.
    const groundOf = (part) => {
        const chain = [];
        for (let at = part; at; at = at.parentElement) chain.unshift(at);
        let ground = [255, 255, 255];
        for (const at of chain) {
            const { backgroundColor, backgroundImage } = getComputedStyle(at);
            ground = over(rgba(backgroundColor), ground);
            const gradient = /^linear-gradient\\((.+?\\)) 0px, /.exec(backgroundImage);
            if (gradient) ground = over(rgba(gradient[1]), ground);
        }
        return ground;
    };
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const part = node.parentElement;
        const text = node.textContent.trim();
        if (!text || part.closest('script, style, noscript, template')) continue;
        // The map's own texts lie over points of every colour; theirs is measured as far as their ground is known.
        if (!part.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        const box = range.getBoundingClientRect();
        if (box.width < 1 || box.height < 1) continue;
        const style = getComputedStyle(part);
        const svg = part.closest('svg');
        const matrix = svg && part.getScreenCTM?.();
        const size = parseFloat(style.fontSize) * (matrix ? Math.hypot(matrix.c, matrix.d) : 1);
        const disabled = part.closest(':disabled, [aria-disabled=true], [data-disabled]');
        const ground = groundOf(part);
        const ink = rgba(svg ? style.fill : style.color);
        const seen = over([ink[0], ink[1], ink[2], ink[3] * opacityOf(part)], ground);
        const path = [part, part.parentElement, part.parentElement?.parentElement].filter(Boolean)
            .map((one) => (one.id ? `#${one.id}` : `${one.tagName.toLowerCase()}.${one.getAttribute('class') ?? ''}`));
        const told = disabled ? null : contrast(seen, ground);
        found.push({ text: text.slice(0, 40), size, contrast: told, path: path.reverse().join(' > ') });
    }
    return found;
}"""


def illegible(page: Page, smallest: float = 12.0, faintest: float = 4.5) -> list[str]:
    """Return every text in view of the reader that is smaller or fainter, with its place and figures."""
    texts: list[dict[str, Any]] = page.evaluate(_TEXTS)
    assert len(texts) > 20, "the page is not there"
    bad = [
        one
        for one in texts
        if one["size"] < smallest - 0.05 or (one["contrast"] is not None and one["contrast"] < faintest - 0.005)
    ]
    return sorted(
        {f"{one['text']!r} {one['size']:.1f} px, {one['contrast'] or 0:.2f}:1 in {one['path']}" for one in bad}
    )
