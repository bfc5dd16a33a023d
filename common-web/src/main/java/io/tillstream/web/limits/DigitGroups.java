package io.tillstream.web.limits;

import java.util.Arrays;

/**
 * The groups of digits that stand next to each other. They hold a card number where one group is one; where some are
 * grouped as cards have it printed, or in fours and their multiples; and where all of them together are one, parted by
 * spaces, dashes or dots: of one length each, or of any length and parted alike. Dates and lists of numbers are none.
 */
final class DigitGroups {

    private static final int KEPT = 8; // a power of two above the groups of a printed number
    private static final int BITS = 5; // of one group's length
    private static final int FOUR = 4;

    /** Digits of the smallest group that a number is printed with first. */
    static final int SMALLEST = 4;

    private static final long LARGE = 0b11100_11100_11100_11100L; // one of the last groups has so many
    private static final int[] TENS = {1, 10, 100, 1000, 10_000};
    private static final int[] DOUBLED = {0, 2, 4, 6, 8, 1, 3, 5, 7, 9}; // the sum of its two digits
    private static final int[][] PRINTED = {
        {4, 6, 5},
        {4, 6, 4},
        {4, 4, 4, 3},
        {4, 4, 4, 2},
        {4, 4, 4, 4, 3}, // by network
        {4, 4, 4, 4},
        {4, 4, 8},
        {4, 8, 4},
        {8, 4, 4},
        {8, 8},
        {4, 12},
        {12, 4} // in fours and their multiples
    };
    private static final Pattern[][] BY_LAST = new Pattern[CardRanges.SHORTEST][];

    /** Lengths of groups, the last in the lowest bits, so that one comparison tells whether the last groups have them. */
    private record Pattern(long lengths, long mask, int groups, int digits) {

        static Pattern of(int... groups) {
            long lengths = 0;
            for (int group : groups) {
                lengths = lengths << BITS | group;
            }
            int digits = Arrays.stream(groups).sum();
            return new Pattern(lengths, (1L << (BITS * groups.length)) - 1, groups.length, digits);
        }
    }

    static {
        for (int length = 0; length < BY_LAST.length; length++) {
            int last = length;
            BY_LAST[length] = Arrays.stream(PRINTED)
                    .filter(groups -> groups[groups.length - 1] == last)
                    .map(Pattern::of)
                    .toArray(Pattern[]::new);
        }
    }

    // Of the last groups that a number can begin with: where they start, and what stood before them.
    private final int[] starts = new int[KEPT];
    private final int[] prefixes = new int[KEPT];
    private final int[] oncesBefore = new int[KEPT];
    private final int[] twicesBefore = new int[KEPT];
    private final int[] gapsBefore = new int[KEPT]; // of each group: the kinds of characters

    // Luhn's sums of all digits so far: every second one counts double, the last one once or twice.
    private int once;
    private int twice;
    private int onceBefore; // the open group
    private int twiceBefore;

    private long lengths; // of the last groups, as a pattern has them
    private int digitCount;
    private int prefix; // the first digits of the open group
    private int firstPrefix; // of all groups together
    private int groupCount;
    private int open; // digits of the group that is not closed yet
    private int openStart;
    private int firstStart;
    private int lastEnd;
    private int gap; // kinds of characters since the last group, one bit each
    private int gapWidth;
    private int gaps; // kinds of all gaps
    private boolean oneKind; // of gap
    private boolean alike; // every group has the length of the first; the last may be shorter
    private boolean serial; // in fours behind a digit that no card begins with: a parcel's number, for instance
    private int foundStart;
    private int foundEnd;

    int foundStart() {
        return foundStart;
    }

    int foundEnd() {
        return foundEnd;
    }

    boolean isEmpty() {
        return groupCount == 0;
    }

    /** So many digits that they are no number together, and none of the last groups begins one. */
    boolean isHopeless() {
        return digitCount > CardRanges.LONGEST && (lengths & LARGE) == 0;
    }

    int gapWidth() {
        return gapWidth;
    }

    /** Groups were left out that are no part of a number; so much stood behind the last. */
    void resume(int width) {
        gapWidth = width;
    }

    void begin(int at) {
        openStart = at;
        open = 0;
        prefix = 0;
        onceBefore = once;
        twiceBefore = twice;
    }

    void add(int digit) {
        if (open > CardRanges.LONGEST) {
            return; // nothing with this group in it is a number
        }
        int before = once;
        once = twice + digit;
        twice = before + DOUBLED[digit];
        if (open < CardRanges.PREFIX) {
            prefix = prefix * 10 + digit;
        }
        open++;
    }

    void drop() {
        once = onceBefore;
        twice = twiceBefore;
        open = 0;
    }

    /** Takes a character that parts groups; tells how many have come in a row. */
    int gap(int kind) {
        gap |= kind;
        return ++gapWidth;
    }

    /** The open group ends here: true if a card number does. */
    boolean close(int at) {
        int length = open;
        boolean decimals = groupCount == 1 && gapWidth == 1 && gap == CharacterKinds.DOT;
        keep(length);
        lastEnd = at;
        if (length <= 1 || decimals) {
            return false;
        }
        return length < CardRanges.SHORTEST
                ? isPrinted(BY_LAST[length])
                : CardRanges.hold(prefix, length, true)
                        && isRight(isEven(length) ? onceBefore : twiceBefore)
                        && found(openStart);
    }

    private void keep(int length) {
        if (groupCount == 0) {
            first(length);
        } else if (digitCount <= CardRanges.LONGEST) {
            next(length);
        }
        serial &= groupCount == 0 || (length(1) == FOUR && length <= FOUR);
        if (length >= SMALLEST) {
            int place = groupCount & (KEPT - 1);
            starts[place] = openStart;
            prefixes[place] = prefix;
            oncesBefore[place] = onceBefore;
            twicesBefore[place] = twiceBefore;
        }
        gapsBefore[groupCount & (KEPT - 1)] = gap;
        lengths = lengths << BITS | length;
        groupCount++;
        gap = 0;
        gapWidth = 0;
        open = 0;
    }

    private void first(int length) {
        firstStart = openStart;
        firstPrefix = prefix;
        digitCount = length;
        gaps = 0;
        oneKind = true;
        alike = true;
        int first = length == FOUR ? prefix / 1000 : 1;
        serial = first == 0 || first == 9;
    }

    private void next(int length) {
        if (digitCount < CardRanges.PREFIX) {
            int known = Math.min(length, CardRanges.PREFIX);
            int wanted = Math.min(known, CardRanges.PREFIX - digitCount);
            firstPrefix = firstPrefix * TENS[wanted] + prefix / TENS[known - wanted];
        }
        digitCount += length;
        int kind = kind(gap);
        oneKind &= gaps == 0 || gaps == kind;
        gaps |= kind;
        int before = length(1);
        alike &= length <= before && (groupCount == 1 || before == length(2));
    }

    /** Of the group that is {@code back} from the end, the last being 1. */
    private int length(int back) {
        return (int) (lengths >>> (BITS * (back - 1))) & ((1 << BITS) - 1);
    }

    private boolean isPrinted(Pattern[] patterns) {
        for (Pattern pattern : patterns) {
            if ((lengths & pattern.mask) == pattern.lengths && isStretch(pattern.groups, pattern.digits)) {
                return true;
            }
        }
        return false;
    }

    private boolean isStretch(int groups, int length) {
        int place = (groupCount - groups) & (KEPT - 1);
        boolean partOfSerial = serial && groups < groupCount;
        return !partOfSerial
                && !isOfTwoThings(groups)
                && isCard(prefixes[place], length, isEven(length) ? oncesBefore[place] : twicesBefore[place])
                && found(starts[place]);
    }

    /**
     * A stroke parts the groups of one number only if there are more than two; and beside gaps of another kind only if it
     * stands between the digits without a blank, as in {@code 1234 5678/1234 5678}.
     */
    private boolean isOfTwoThings(int groups) {
        boolean strokes = false;
        boolean blanks = false; // around a stroke
        boolean mixed = false;
        int first = kind(gapsBefore[(groupCount - 1) & (KEPT - 1)]);
        for (int back = 1; back < groups; back++) {
            int between = gapsBefore[(groupCount - back) & (KEPT - 1)];
            boolean stroke = between >= CharacterKinds.STROKE;
            strokes |= stroke;
            blanks |= stroke && (between & CharacterKinds.SPACE) != 0;
            mixed |= kind(between) != first;
        }
        return strokes && (groups == 2 || (mixed && blanks));
    }

    /** The one that outweighs the others: {@code " - "} is a dash. */
    private static int kind(int between) {
        return Integer.highestOneBit(between);
    }

    /** Nothing more comes: true if all the groups together are a card number. They are forgotten. */
    boolean end() {
        if (groupCount == 0) {
            return false;
        }
        boolean plain =
                (gaps & ~(CharacterKinds.SPACE | CharacterKinds.DASH | CharacterKinds.DOT)) == 0 && (alike || oneKind);
        boolean enough = digitCount > CardRanges.SHORTEST && digitCount <= CardRanges.LONGEST;
        if (groupCount > 1 && enough && plain && isCard(firstPrefix, digitCount, 0)) {
            return found(firstStart);
        }
        forget();
        return false;
    }

    private boolean isCard(int prefix, int length, int before) {
        return CardRanges.hold(prefix, length, false) && isRight(before);
    }

    /** By Luhn's rule: every second digit from the right counts double, the sum ends in 0. */
    private boolean isRight(int before) {
        return (once - before) % 10 == 0;
    }

    private static boolean isEven(int length) {
        return (length & 1) == 0;
    }

    private boolean found(int start) {
        foundStart = start;
        foundEnd = lastEnd;
        forget();
        return true;
    }

    private void forget() {
        digitCount = 0;
        groupCount = 0;
        lengths = 0;
        once = 0;
        twice = 0;
        open = 0;
        gap = 0;
        gapWidth = 0;
    }
}
