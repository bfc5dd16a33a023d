package io.tillstream.simulator.api;

import io.tillstream.simulator.state.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** {@code multipart/form-data}, as files are uploaded: read into the same tree as a form. A byte is a character here. */
final class Multipart {
    private static final Pattern BOUNDARY = Pattern.compile("boundary=\"?([^\";]+)\"?");
    private static final Pattern NAME = Pattern.compile("[; ]name=\"([^\"]*)\"");
    private static final Pattern FILE = Pattern.compile("filename=\"([^\"]*)\"");
    private static final String BREAK = "\r\n";
    private static final int LONGEST_BOUNDARY = 70; // RFC 2046, section 5.1.1

    private Multipart() {}

    static boolean is(@Nullable String contentType) {
        return contentType != null && contentType.toLowerCase(Locale.ROOT).startsWith("multipart/form-data");
    }

    static ObjectNode read(String contentType, String body) {
        Matcher boundary = BOUNDARY.matcher(contentType);
        if (!boundary.find() || boundary.group(1).length() > LONGEST_BOUNDARY) {
            throw broken();
        }
        ObjectNode tree = Json.object();
        for (String part : parts(BREAK + body, BREAK + "--" + boundary.group(1))) {
            part(tree, part);
        }
        return tree;
    }

    /** What stands between delimiters, up to the one that is the last as it says. */
    private static List<String> parts(String text, String delimiter) {
        List<String> parts = new ArrayList<>();
        int at = text.indexOf(delimiter);
        while (at >= 0 && !text.startsWith("--", at + delimiter.length())) {
            int start = at + delimiter.length();
            at = text.indexOf(delimiter, start);
            parts.add(text.substring(start, at < 0 ? text.length() : at));
        }
        return parts;
    }

    private static void part(ObjectNode tree, String part) {
        int end = part.indexOf(BREAK + BREAK);
        if (end < 0) {
            throw broken();
        }
        String head = utf8(part.substring(0, end));
        String content = part.substring(end + 2 * BREAK.length());
        Matcher name = NAME.matcher(head);
        Matcher file = FILE.matcher(head);
        if (!name.find()) {
            throw broken();
        }
        String value = file.find()
                ? new Upload(file.group(1), content.getBytes(StandardCharsets.ISO_8859_1)).text()
                : utf8(content);
        Form.put(tree, Form.path(name.group(1)), value);
    }

    private static String utf8(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static StripeError broken() {
        return StripeError.malformed(null, "Invalid request: the multipart encoding is broken.", null);
    }
}
