package io.tillstream.web.limits;

/**
 * One pass over a text, from card number to card number; the time grows with the length of the text alone.
 *
 * <p>The rule of what parts the digits of one number: spaces, tabs, line ends and control characters, dashes, dots and
 * strokes ({@code / \ | _ : * ~}) of any script, up to {@value #MOST_BETWEEN} in a row. Invisible characters and marks
 * count as not there. Letters, commas and anything else end a number. Which groups make one: {@link DigitGroups}.
 */
final class CardScan {

    private static final int MOST_BETWEEN = 8; // more parts two things

    private final String text;
    private final DigitGroups groups = new DigitGroups();
    private int at;
    private boolean inGroup;
    private boolean inId; // behind a letter, a plus or an underscore: digits here are part of something else
    private int between; // characters since the last group

    CardScan(String text) {
        this.text = text;
    }

    int start() {
        return groups.foundStart();
    }

    int end() {
        return groups.foundEnd();
    }

    /** Goes on to the next card number; false if there is none. A number is told before the character behind it is taken. */
    boolean next() {
        while (at < text.length()) {
            if (!inGroup && groups.isEmpty() && idle()) {
                break;
            }
            char first = text.charAt(at);
            int c = Character.isHighSurrogate(first) ? text.codePointAt(at) : first;
            if (take(Characters.kindOf(c))) {
                return true;
            }
            at += Character.charCount(c);
        }
        return groupEnds() || groups.end();
    }

    /** Goes on to the next digit, as most texts have few; true if there is none. */
    private boolean idle() {
        for (; at < text.length(); at++) {
            int kind = Characters.kindOf(text.charAt(at));
            boolean begins = kind == Characters.LETTER && !inId;
            if (kind >= Characters.DIGIT || Character.isHighSurrogate(text.charAt(at))) {
                return false;
            }
            if (begins && Characters.isUuid(text, at)) {
                at += Characters.UUID_LENGTH - 1;
            }
            inId = kind == Characters.LETTER
                    || kind == Characters.UNDERSCORE
                    || kind == Characters.PLUS
                    || (inId && kind == Characters.INVISIBLE);
        }
        return true;
    }

    private boolean take(int kind) {
        if (kind >= Characters.DIGIT) {
            return digit(kind - Characters.DIGIT);
        }
        return switch (kind) {
            case Characters.INVISIBLE -> false;
            case Characters.LETTER -> letter();
            case Characters.UNDERSCORE -> underscore();
            case Characters.PLUS -> groupEnds() || glue();
            case Characters.END -> end(groupEnds());
            default -> groupEnds() || gap(kind);
        };
    }

    private boolean digit(int digit) {
        if (!inGroup) {
            if (!inId && Characters.isUuid(text, at)) {
                return uuid();
            }
            inGroup = true;
            groups.begin(at);
        }
        if (!inId) {
            addAll(digit);
        }
        return false;
    }

    /** The digits from here to the last that stands next to it. */
    private void addAll(int first) {
        groups.add(first);
        while (at + 1 < text.length() && Characters.kindOf(text.charAt(at + 1)) >= Characters.DIGIT) {
            at++;
            groups.add(Characters.kindOf(text.charAt(at)) - Characters.DIGIT);
        }
    }

    private boolean letter() {
        boolean begins = !inGroup && !inId;
        if (begins && Characters.isUuid(text, at)) {
            return uuid();
        }
        return glue();
    }

    /** Between digits it parts them as a dash does; anywhere else it is part of an id. */
    private boolean underscore() {
        boolean parts = inGroup ? !inId && Characters.isDigitAt(text, at + 1) : !inId && !groups.isEmpty();
        if (!parts) {
            return glue();
        }
        return groupEnds() || gap(Characters.STROKE);
    }

    private boolean gap(int kind) {
        inId = false;
        between++;
        groups.gap(kind);
        return between > MOST_BETWEEN && groups.end();
    }

    private boolean end(boolean found) {
        inId = false;
        return found || groups.end();
    }

    /** The digits around are no number; what stood before them may be one. */
    private boolean glue() {
        if (inGroup && !inId) {
            groups.drop();
        }
        inGroup = false;
        inId = true;
        return groups.end();
    }

    private boolean uuid() {
        if (groups.end()) {
            return true;
        }
        at += Characters.UUID_LENGTH - 1;
        inId = true;
        return false;
    }

    private boolean groupEnds() {
        if (!inGroup) {
            return false;
        }
        inGroup = false;
        between = 0;
        return inId ? groups.end() : groups.close(at);
    }
}
