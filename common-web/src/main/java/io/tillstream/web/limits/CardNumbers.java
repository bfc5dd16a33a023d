package io.tillstream.web.limits;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds card numbers in text: 13 to 19 digits, alone or in groups with spaces or dashes, with a right check digit and a
 * first digit that card networks use. Digits inside an id ({@code pi_4242...}, a UUID), behind a plus (a phone number)
 * or a decimal point are none.
 */
public final class CardNumbers {

    private static final int SHORTEST = 13;
    private static final int LONGEST = 19;

    private static final Pattern DIGITS =
            Pattern.compile("(?<![\\p{Alnum}_+.])\\d+(?:[ \\-]{1,2}\\d+)*+(?![\\p{Alnum}_])");
    private static final Pattern GROUP = Pattern.compile("\\d+");
    private static final Pattern UUID =
            Pattern.compile("\\p{XDigit}{8}-\\p{XDigit}{4}-\\p{XDigit}{4}-\\p{XDigit}{4}-\\p{XDigit}{12}");

    private CardNumbers() {}

    public static boolean in(CharSequence text) {
        if (fewDigits(text)) {
            return false;
        }
        Matcher runs = DIGITS.matcher(UUID.matcher(text).replaceAll("uuid"));
        while (runs.find()) {
            if (cardStart(runs.group(), 0) >= 0) {
                return true;
            }
        }
        return false;
    }

    /** Replaces every card number by stars. */
    public static String masked(String text) {
        if (fewDigits(text)) {
            return text;
        }
        return DIGITS.matcher(text).replaceAll(run -> cardStart(run.group(), 0) >= 0 ? "****" : run.group());
    }

    /** Groups next to each other can be a card number with something before or behind it, so every stretch is tried. */
    private static int cardStart(String run, int from) {
        Matcher groups = GROUP.matcher(run);
        int at = from;
        while (groups.find(at)) {
            StringBuilder digits = new StringBuilder();
            Matcher rest = GROUP.matcher(run).region(groups.start(), run.length());
            while (digits.length() < LONGEST && rest.find()) {
                digits.append(rest.group());
                if (isCard(digits)) {
                    return groups.start();
                }
            }
            at = groups.end();
        }
        return -1;
    }

    private static boolean isCard(CharSequence digits) {
        int length = digits.length();
        char first = digits.charAt(0);
        if (length < SHORTEST || length > LONGEST || !((first >= '2' && first <= '6') || first == '8')) {
            return false;
        }
        int sum = 0;
        for (int i = 0; i < length; i++) {
            int digit = digits.charAt(length - 1 - i) - '0';
            int doubled = digit * 2;
            sum += i % 2 == 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
        }
        return sum % 10 == 0;
    }

    private static boolean fewDigits(CharSequence text) {
        int digits = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= '0' && c <= '9' && ++digits == SHORTEST) {
                return false;
            }
        }
        return true;
    }
}
