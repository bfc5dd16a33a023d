package io.tillstream.chaos.check.secrecy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What may rest nowhere, by its form. */
enum SecretKind {
    API_KEY("a key or secret of Stripe's", "(sk|rk)_(test|live)_\\w+|whsec_\\w+"),
    CLIENT_SECRET("a client secret", "\\w_secret_\\w"),
    TOKEN("a token", "eyJ[\\w-]{10,}\\.[\\w-]+\\.[\\w-]+"),
    EMAIL("an e-mail address", "(?<![\\w.+-])[\\w.+-]++@[\\w-]+\\.\\w"),
    CVC("a card's code", "(?i)\"(cvc|cvv)\"\\s*:\\s*\"?\\d{3,4}"),

    /** Of Visa, Mastercard or Discover, whole or in fours, whose last digit is right: other numbers are as long. */
    CARD("a card number", "(?<![\\w.-])(?:4\\d{3}|5[1-5]\\d{2}|6011)([ -]?)\\d{4}\\1\\d{4}\\1\\d{4}(?![\\w-]|\\.\\d)") {
        @Override
        boolean isOne(String text) {
            String digits = text.replaceAll("\\D", "");
            int sum = 0;
            for (int i = 0; i < digits.length(); i++) {
                int digit = digits.charAt(digits.length() - 1 - i) - '0';
                int doubled = i % 2 == 0 ? digit : 2 * digit;
                sum += doubled > 9 ? doubled - 9 : doubled;
            }
            return sum % 10 == 0;
        }
    },

    /** Those that are typed in tests, wherever they stand. */
    TEST_CARD(
            "a card number",
            "(?<!\\d)(4242424242424242|4000000000000002|4000002760003184|4000000000009995)(?!\\d)"
                    + "|4242 4242 4242 4242|4000-0000-0000-0002");

    private static final int BEFORE = 80; // characters that tell where it is
    private static final int SHOWN = 6; // of the secret itself

    private final String words;
    private final Pattern pattern;

    SecretKind(String words, String pattern) {
        this.words = words;
        this.pattern = Pattern.compile(pattern);
    }

    String words() {
        return words;
    }

    boolean isOne(String text) {
        return true;
    }

    /** Where it stands, without the most of it. */
    List<String> in(String text) {
        List<String> found = new ArrayList<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            if (isOne(matcher.group())) {
                found.add(excerpt(text, matcher.start(), matcher.end()));
            }
        }
        return found;
    }

    static String excerpt(String text, int start, int end) {
        return "…" + text.substring(Math.max(0, start - BEFORE), Math.min(end, start + SHOWN)) + "…";
    }
}
