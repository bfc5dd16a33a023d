package io.tillstream.simulator.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page with places to fill: {@code {{name}}} is escaped, {@code {{{name}}}} is HTML already. */
public final class Template {
    private static final Pattern PLACE = Pattern.compile("\\{\\{\\{(\\w+)}}}|\\{\\{(\\w+)}}");

    private final String text;

    private Template(String text) {
        this.text = text;
    }

    /** From {@code pages/} of the class path. */
    public static Template load(String name) {
        return new Template(read(name));
    }

    public static String read(String name) {
        try (InputStream in = Template.class.getResourceAsStream("/pages/" + name)) {
            if (in == null) {
                throw new IllegalStateException("no page " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String fill(Map<String, String> values) {
        Matcher place = PLACE.matcher(text);
        StringBuilder filled = new StringBuilder();
        while (place.find()) {
            boolean html = place.group(1) != null;
            String value = values.getOrDefault(html ? place.group(1) : place.group(2), "");
            place.appendReplacement(filled, Matcher.quoteReplacement(html ? value : escape(value)));
        }
        return place.appendTail(filled).toString();
    }

    public static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
