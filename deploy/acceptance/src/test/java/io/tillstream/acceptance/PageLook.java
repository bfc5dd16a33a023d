package io.tillstream.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Looks at the page that is shown: by the rules of accessibility, for what does not fit, and in pictures for people. */
final class PageLook {
    private static final Path PICTURES = Path.of("target/pictures").toAbsolutePath();
    private static final String AXE = read("/axe.min.js");

    /** WCAG 2.2, level AA, and what axe holds for good practice; Stripe's frames are not ours to mend. */
    private static final String CHECK = """
        const done = arguments[arguments.length - 1];
        axe.run({exclude: ['iframe']}, {resultTypes: ['violations'], iframes: false, runOnly:
            ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})
          .then(found => done(found.violations.map(one => one.id + ': ' + one.help + ' ' + one.nodes.map(node =>
            node.html.slice(0, 160) + ' ' + (node.any[0] ? node.any[0].message : '')).join(' | ')).join('\\n')),
            fault => done(String(fault)));
        """;

    private static final String CHECK_COLOURS = CHECK.replaceAll("(?s)\\['wcag2a'.*?\\]", "['color-contrast']");

    private final Browser browser;

    PageLook(Browser browser) {
        this.browser = browser;
    }

    /** Light and dark, wide and narrow: everybody can use it, and nothing is wider than the smallest window. */
    void at(String name) {
        for (boolean dark : new boolean[] {false, true}) {
            String scheme = dark ? "dark" : "light";
            browser.show(390, 844, dark);
            picture(name + "-390-" + scheme);
            browser.show(1280, 900, dark);
            picture(name + "-1280-" + scheme);
            // What differs in the dark are colours.
            assertThat(violations(dark ? CHECK_COLOURS : CHECK))
                    .as(name + ", " + scheme)
                    .isEmpty();
        }
        browser.show(320, 640, false);
        assertThat(browser.run("const page = document.documentElement; return page.scrollWidth <= page.clientWidth"))
                .as(name + " fits into 320 pixels")
                .isEqualTo(true);
        browser.show(1280, 900, false);
    }

    private String violations(String check) {
        browser.run("if (!window.axe) { " + AXE + "; }");
        return String.valueOf(browser.runAndWait(check));
    }

    private void picture(String name) {
        try {
            Files.createDirectories(PICTURES);
            Files.write(PICTURES.resolve(name + ".png"), browser.picture());
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }

    private static String read(String resource) {
        try (InputStream content = Objects.requireNonNull(PageLook.class.getResourceAsStream(resource))) {
            return new String(content.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }
}
