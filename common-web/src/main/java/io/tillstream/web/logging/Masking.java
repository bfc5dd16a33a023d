package io.tillstream.web.logging;

import io.tillstream.web.limits.CardNumbers;
import java.util.regex.Pattern;

/**
 * What must never stand in a log, replaced by stars. The first net is not to log it: our lines hold ids only. Every
 * pattern takes a word from its first character and never gives back what it took, so its time grows with the text alone.
 */
final class Masking {

    /** A line that is longer helps nobody, and is masked where requests are answered. A stack trace has 10,000 or so. */
    static final int LONGEST = 65_536;

    private static final Pattern KEYS = Pattern.compile("\\b((?:sk|rk)_(?:live|test)_|whsec_)[A-Za-z0-9_]++");
    private static final Pattern CLIENT_SECRETS =
            Pattern.compile("\\b((?:pi|seti|cs|src)_[A-Za-z0-9_]+?_secret_)[A-Za-z0-9]++");
    private static final Pattern BEARER = Pattern.compile("(?i)\\b(bearer |basic )[A-Za-z0-9._~+/=-]{8,}+");
    private static final Pattern EMAILS = Pattern.compile(
            "(?<![A-Za-z0-9._%+-])([A-Za-z0-9._%+-])[A-Za-z0-9._%+-]*+@(?=[A-Za-z0-9-]++\\.[A-Za-z0-9])[A-Za-z0-9.-]*[A-Za-z0-9]");
    private static final String TOKEN = "eyJ"; // how the header of every JWT begins

    private Masking() {}

    static String of(String text) {
        String masked = CardNumbers.masked(text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text);
        if (masked.indexOf('_') >= 0) {
            masked = KEYS.matcher(masked).replaceAll("$1****");
            masked = CLIENT_SECRETS.matcher(masked).replaceAll("$1****");
        }
        if (masked.indexOf('@') >= 0) {
            masked = EMAILS.matcher(masked).replaceAll("$1****@****");
        }
        return BEARER.matcher(withoutTokens(masked)).replaceAll("$1****");
    }

    /** Word by word: a JWT is a word that begins with its mark, perhaps behind a dash, and at least one dot and word. */
    private static String withoutTokens(String text) {
        int at = text.indexOf(TOKEN);
        if (at < 0) {
            return text;
        }
        StringBuilder masked = new StringBuilder(text.length());
        int from = 0;
        while (at >= 0) {
            if (at > 0 && isWord(text.charAt(at - 1)) && text.charAt(at - 1) != '-') {
                at = text.indexOf(TOKEN, at + 1);
                continue;
            }
            int end = wordEnd(text, at);
            if (isWordAt(text, end + 1) && text.charAt(end) == '.') {
                masked.append(text, from, at).append("****");
                end = wordEnd(text, end + 1);
                end = end < text.length() && text.charAt(end) == '.' ? wordEnd(text, end + 1) : end;
                from = end;
            }
            at = text.indexOf(TOKEN, end);
        }
        return masked.append(text, from, text.length()).toString();
    }

    private static int wordEnd(String text, int at) {
        int end = at;
        while (end < text.length() && isWord(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static boolean isWordAt(String text, int at) {
        return at < text.length() && isWord(text.charAt(at));
    }

    private static boolean isWord(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    }
}
