package io.tillstream.web.limits;

/**
 * One pass over a text, from card number to card number; the time grows with the length of the text alone.
 *
 * <p>The rule of what parts the digits of one number: spaces, tabs, line ends and control characters, dashes, dots and
 * strokes ({@code / \ | _ : * ~}) of any script, up to {@value #MOST_BETWEEN} in a row. Invisible characters and marks
 * count as not there. Commas and anything else end a number; digits beside an ASCII letter or behind a plus are none.
 * Which groups make one: {@link DigitGroups}.
 */
final class CardScan {

    private static final int MOST_BETWEEN = 8; // more parts two things

    private final String text;
    private final int length;
    private final DigitGroups groups = new DigitGroups();
    private int at;
    private int reads;
    private boolean inGroup;
    private int accountsReadTo; // no account's number begins before
    private boolean inId; // behind a letter, a plus or an underscore: digits here are part of something else

    CardScan(String text) {
        this.text = text;
        this.length = text.length();
    }

    int start() {
        return groups.foundStart();
    }

    int end() {
        return groups.foundEnd();
    }

    /** How often a character was looked at. */
    int reads() {
        return reads;
    }

    private int kindOf(int place) {
        reads++;
        return CharacterKinds.kindOf(text.charAt(place));
    }

    private boolean isUuid() {
        int dash = at + CharacterKinds.UUID_DASH;
        reads++;
        if (dash >= length || text.charAt(dash) != '-') {
            return false;
        }
        reads += CharacterKinds.UUID_LENGTH;
        return CharacterKinds.isUuid(text, at);
    }

    /** How many characters stand here, from a letter on, of an id that has digits of its own: a UUID or a bank account. */
    private int idLength() {
        if (isUuid()) {
            return CharacterKinds.UUID_LENGTH;
        }
        if (at < accountsReadTo) {
            return 0;
        }
        int length = IbanScan.lengthAt(text, at);
        reads += Math.abs(length);
        accountsReadTo = length < 0 ? at - length : accountsReadTo;
        return Math.max(length, 0);
    }

    /** Goes on to the next card number; false if there is none. A number is told before the character behind it is taken. */
    boolean next() {
        while (at < length) {
            if (!inGroup && skip()) {
                break;
            }
            int kind = kindOf(at);
            int width = 1;
            if (kind == CharacterKinds.SURROGATE) {
                kind = CharacterKinds.kindAt(text, at);
                width = Character.charCount(text.codePointAt(at));
            }
            if (kind >= CharacterKinds.DIGIT ? digits(kind) : other(kind)) {
                return true;
            }
            at += width;
        }
        return groupEnds() || groups.end();
    }

    /** Goes on to what has to be looked at closely; true if there is nothing. */
    private boolean skip() {
        if (groups.isEmpty()) {
            return idle();
        }
        if (!inId && groups.isHopeless()) {
            skim();
        }
        return at >= length;
    }

    /** To the next digits that a number can begin with, as most texts have few. */
    private boolean idle() {
        for (; at < length; at++) {
            int kind = kindOf(at);
            boolean begins = kind == CharacterKinds.LETTER && !inId;
            if (kind >= CharacterKinds.DIGIT && passed()) {
                continue;
            }
            if (kind >= CharacterKinds.SURROGATE) {
                return false;
            }
            if (begins) {
                at += Math.max(idLength() - 1, 0);
            }
            inId = kind == CharacterKinds.LETTER
                    || kind == CharacterKinds.UNDERSCORE
                    || kind == CharacterKinds.PLUS
                    || (inId && kind == CharacterKinds.INVISIBLE);
        }
        return true;
    }

    /** Passes the digits here if no number begins with them: in an id, or too few with nothing to follow. */
    private boolean passed() {
        int end = at + 1;
        while (end < length && kindOf(end) >= CharacterKinds.DIGIT) {
            end++;
        }
        if (!inId) {
            int next = end < length ? kindOf(end) : CharacterKinds.END;
            boolean alone = next == CharacterKinds.END || next == CharacterKinds.LETTER;
            if (!alone || end - at >= CardRanges.SHORTEST || isUuid()) {
                return false;
            }
            inId = next == CharacterKinds.LETTER;
        }
        at = end - 1;
        return true;
    }

    /** Over small groups, of which no number consists, to a larger one or to what is none. */
    private void skim() {
        int digits = 0;
        int gap = groups.gapWidth();
        for (; at < length && digits < DigitGroups.SMALLEST; at++) {
            int kind = kindOf(at);
            if (kind >= CharacterKinds.DIGIT) {
                digits++;
            } else if (kind < CharacterKinds.LETTER || (kind == CharacterKinds.UNDERSCORE && parts(digits > 0))) {
                gap = digits > 0 ? 1 : gap + 1;
                digits = 0;
                if (gap > MOST_BETWEEN) {
                    gap--;
                    break;
                }
            } else {
                break;
            }
        }
        at -= digits;
        groups.resume(gap);
    }

    private boolean other(int kind) {
        if (kind < CharacterKinds.LETTER) {
            return groupEnds() || gap(kind);
        }
        return switch (kind) {
            case CharacterKinds.INVISIBLE -> false;
            case CharacterKinds.LETTER -> letter();
            case CharacterKinds.UNDERSCORE -> underscore();
            case CharacterKinds.PLUS -> groupEnds() || glue();
            default -> end(groupEnds());
        };
    }

    /** The digits from here to the last that stands next to it. */
    private boolean digits(int first) {
        if (!inGroup) {
            if (!inId && isUuid()) {
                return id(CharacterKinds.UUID_LENGTH);
            }
            inGroup = true;
            groups.begin(at);
        }
        if (!inId) {
            groups.add(first - CharacterKinds.DIGIT);
            for (int kind = nextDigit(); kind >= CharacterKinds.DIGIT; kind = nextDigit()) {
                at++;
                groups.add(kind - CharacterKinds.DIGIT);
            }
        }
        return false;
    }

    /** The kind of the next character, if that is a digit of one char. */
    private int nextDigit() {
        return at + 1 < length ? kindOf(at + 1) : CharacterKinds.END;
    }

    private boolean letter() {
        int length = inGroup || inId ? 0 : idLength();
        return length > 0 ? id(length) : glue();
    }

    /** Between digits it parts them as a dash does; anywhere else it is part of an id. */
    private boolean underscore() {
        boolean part = inId || !parts(inGroup);
        return part ? glue() : groupEnds() || gap(CharacterKinds.STROKE);
    }

    private boolean parts(boolean behindDigit) {
        reads++;
        return behindDigit ? CharacterKinds.isDigitAt(text, at + 1) : !groups.isEmpty();
    }

    private boolean gap(int kind) {
        inId = false;
        return groups.gap(kind) > MOST_BETWEEN && groups.end();
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

    private boolean id(int length) {
        if (groups.end()) {
            return true;
        }
        at += length - 1;
        inId = true;
        return false;
    }

    private boolean groupEnds() {
        if (!inGroup) {
            return false;
        }
        inGroup = false;
        return inId ? groups.end() : groups.close(at);
    }
}
