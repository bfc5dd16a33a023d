package io.tillstream.web.limits;

/**
 * Finds card numbers in text: digits of any script, of a length and a range that card networks use, with a right check
 * digit. What parts the digits of one number is said once, in {@link CardScan}. Digits inside an id
 * ({@code pi_4242...}, a UUID, an IBAN), beside a letter, behind a plus (a phone number) or a decimal point are none.
 */
public final class CardNumbers {

    private CardNumbers() {}

    public static boolean in(String text) {
        return text.length() >= CardRanges.SHORTEST && new CardScan(text).next();
    }

    /** Replaces every card number by stars. */
    public static String masked(String text) {
        return masked(text, new CardScan(text));
    }

    static String masked(String text, CardScan scan) {
        if (text.length() < CardRanges.SHORTEST || !scan.next()) {
            return text;
        }
        StringBuilder masked = new StringBuilder(text.length());
        int from = 0;
        do {
            masked.append(text, from, scan.start()).append("****");
            from = scan.end();
        } while (scan.next());
        return masked.append(text, from, text.length()).toString();
    }
}
