package io.tillstream.web.limits;

import java.text.Normalizer;

/** What a character means in a search for numbers, looked up in a table. */
final class CharacterKinds {

    static final int UUID_LENGTH = 36;
    static final int UUID_DASH = 8; // where the first one stands

    // What parts digits: one bit each, so that a set of them is a number; a higher one outweighs a lower one.
    static final int SPACE = 1;
    static final int DOT = 2;
    static final int DASH = 4;
    static final int STROKE = 8;

    static final int LETTER = 17;
    static final int UNDERSCORE = 18;
    static final int PLUS = 19;
    static final int INVISIBLE = 20;
    static final int END = 21;

    /** Half of a pair: the code point says what it is. */
    static final int SURROGATE = 22;

    /** Of the digit 0; the others follow. */
    static final int DIGIT = 32;

    private static final String DOTS = "\u00b7\u2022\u2024\u2027\u2219\u22c5\u3002\u30fb\uff0e\uff61\uff65\u066b\u06d4";
    private static final String DASHES = "\u2212\u02d7\u2043\u30fc\uff70"; // minus and others that look like it
    private static final String BLANKS = "\u2800\u3164\u115f\u1160\uffa0"; // a symbol and letters that show nothing
    private static final String STROKES = "\u2044\u2215\uff0f\uff3c\uff5c\uff1a\uff0a\uff5e\uff3f\u00a6";

    private static final int KNOWN = 0x20000; // above are ideographs, and below 0x20000 all digits of all scripts
    private static final byte[] KINDS = new byte[KNOWN];

    static {
        for (int c = 0; c < KNOWN; c++) {
            KINDS[c] = (byte) (c < 0x80 ? plain(c) : other(c));
        }
    }

    private CharacterKinds() {}

    /** One of the kinds above; of a digit, {@link #DIGIT} and its value. */
    static int kindOf(int c) {
        return c < KNOWN ? KINDS[c] : Character.getType(c) == Character.FORMAT ? INVISIBLE : END;
    }

    /** The same of the whole code point that stands here. */
    static int kindAt(String text, int at) {
        int kind = kindOf(text.charAt(at));
        if (kind != SURROGATE) {
            return kind;
        }
        int whole = text.codePointAt(at);
        return Character.isSupplementaryCodePoint(whole) ? kindOf(whole) : END;
    }

    static boolean isDigitAt(String text, int at) {
        return at < text.length() && kindAt(text, at) >= DIGIT;
    }

    /** Whether a whole UUID stands here. */
    static boolean isUuid(String text, int at) {
        int end = at + UUID_LENGTH;
        if (end > text.length()) {
            return false;
        }
        for (int i = 0; i < UUID_LENGTH; i++) {
            char c = text.charAt(at + i);
            boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
            if (dash ? c != '-' : !isHex(c)) {
                return false;
            }
        }
        return end == text.length() || !isPartOfId(text.charAt(end));
    }

    private static boolean isHex(char c) {
        return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }

    static boolean isPartOfId(char c) {
        return isDigit(c) || isLetter(c) || c == '_';
    }

    private static int plain(int c) {
        return switch (c) {
            case '.' -> DOT;
            case '-' -> DASH;
            case '/', '\\', '|', ':', '*', '~' -> STROKE;
            case '_' -> UNDERSCORE;
            case '+' -> PLUS;
            default -> isDigit(c) ? DIGIT + c - '0' : isLetter(c) ? LETTER : c <= ' ' || c == 0x7f ? SPACE : END;
        };
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isLetter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    private static int other(int c) {
        int digit = digit(c);
        if (digit >= 0) {
            return DIGIT + digit;
        }
        if (DOTS.indexOf(c) >= 0) {
            return DOT;
        }
        if (DASHES.indexOf(c) >= 0) {
            return DASH;
        }
        if (STROKES.indexOf(c) >= 0) {
            return STROKE;
        }
        if (BLANKS.indexOf(c) >= 0) {
            return SPACE;
        }
        return switch (Character.getType(c)) {
            case Character.FORMAT, Character.NON_SPACING_MARK, Character.ENCLOSING_MARK -> INVISIBLE;
            case Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.CONTROL -> SPACE;
            case Character.DASH_PUNCTUATION -> DASH;
            case Character.SURROGATE -> SURROGATE;
            default -> END; // letters too: ids are of ASCII
        };
    }

    /** From 0 to 9; -1 if it is none. Circled and raised digits count too. */
    private static int digit(int c) {
        int digit = Character.digit(c, 10);
        if (digit < 0 && Character.getType(c) == Character.OTHER_NUMBER) {
            String plain = Normalizer.normalize(Character.toString(c), Normalizer.Form.NFKC);
            return plain.length() == 1 ? Character.digit(plain.charAt(0), 10) : -1;
        }
        return digit;
    }
}
