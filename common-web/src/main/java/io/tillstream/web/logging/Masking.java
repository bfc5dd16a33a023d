package io.tillstream.web.logging;

import io.tillstream.web.limits.CardNumbers;
import java.util.regex.Pattern;

/** What must never stand in a log, replaced by stars. The first net is not to log it: our lines hold ids only. */
final class Masking {

    private static final Pattern KEYS = Pattern.compile("\\b((?:sk|rk)_(?:live|test)_|whsec_)[A-Za-z0-9_]+");
    private static final Pattern CLIENT_SECRETS =
            Pattern.compile("\\b((?:pi|seti|cs|src)_[A-Za-z0-9_]+?_secret_)[A-Za-z0-9]+");
    private static final Pattern BEARER = Pattern.compile("(?i)\\b(bearer |basic )[A-Za-z0-9._~+/=-]{8,}");
    private static final Pattern TOKENS = Pattern.compile("\\beyJ[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*");
    private static final Pattern EMAILS =
            Pattern.compile("([A-Za-z0-9])[A-Za-z0-9._%+-]*@([A-Za-z0-9-]+\\.)+[A-Za-z]{2,}");

    private Masking() {}

    static String of(String text) {
        String masked = CardNumbers.masked(text);
        if (masked.indexOf('_') >= 0) {
            masked = KEYS.matcher(masked).replaceAll("$1****");
            masked = CLIENT_SECRETS.matcher(masked).replaceAll("$1****");
        }
        if (masked.indexOf('@') >= 0) {
            masked = EMAILS.matcher(masked).replaceAll("$1****@****");
        }
        masked = TOKENS.matcher(masked).replaceAll("****");
        return BEARER.matcher(masked).replaceAll("$1****");
    }
}
