package io.tillstream.web.limits;

/**
 * The groups of digits that stand next to each other. They hold a card number where one group is one; where some are
 * grouped as cards have it printed, or in fours and their multiples; and where all of them together are one, parted by
 * spaces, dashes or dots: of one length each, or of any length and parted alike. Dates and lists of numbers are none.
 */
final class DigitGroups {

    private static final int RING = 32; // a power of two above the digits of the longest number
    private static final int KEPT = 8; // a power of two above the groups of a printed number
    private static final int FOUR = 4;
    private static final int[] DOUBLED = {0, 2, 4, 6, 8, 1, 3, 5, 7, 9}; // the sum of its two digits
    private static final int[][] PRINTED = {{4, 6, 5}, {4, 6, 4}, {4, 4, 4, 3}, {4, 4, 4, 2}, {4, 4, 4, 4, 3}, {6, 13}};

    private final byte[] digits = new byte[RING]; // the last of them
    private final int[] odd = new int[RING]; // sums up to each of them, with every second digit doubled:
    private final int[] even = new int[RING]; // the ones at odd, or at even places
    private final int[] lengths = new int[KEPT]; // of the last groups
    private final int[] starts = new int[KEPT];
    private int digitCount;
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

    void begin(int at) {
        openStart = at;
        open = 0;
    }

    void add(int digit) {
        open++;
        if (open > CardRanges.LONGEST) { // nothing with this group in it is a number
            digitCount++;
            return;
        }
        int at = digitCount & (RING - 1);
        int next = (digitCount + 1) & (RING - 1);
        boolean isOdd = (digitCount & 1) == 1;
        digits[at] = (byte) digit;
        odd[next] = odd[at] + (isOdd ? DOUBLED[digit] : digit);
        even[next] = even[at] + (isOdd ? digit : DOUBLED[digit]);
        digitCount++;
    }

    void drop() {
        digitCount -= open;
        open = 0;
    }

    void gap(int kind) {
        gap |= kind;
        gapWidth++;
    }

    /** The open group ends here: true if a card number does. */
    boolean close(int at) {
        int length = open;
        boolean decimals = groupCount == 1 && gapWidth == 1 && gap == Characters.DOT;
        keep(length, at);
        if (decimals) {
            return false;
        }
        if (length >= CardRanges.SHORTEST && isCard(length)) {
            return found(openStart);
        }
        return length >= 2 && (inFours(length) || printed(length));
    }

    private void keep(int length, int at) {
        if (groupCount == 0) {
            firstStart = openStart;
            gaps = 0;
            oneKind = true;
            alike = true;
            byte first = digits[(digitCount - length) & (RING - 1)];
            serial = length == FOUR && (first == 0 || first == 9);
        } else if (digitCount <= CardRanges.LONGEST) {
            int kind = Integer.highestOneBit(gap); // " - " is a dash
            oneKind &= gaps == 0 || gaps == kind;
            gaps |= kind;
            int before = length(1);
            alike &= length <= before && (groupCount == 1 || before == length(2));
        }
        serial &= groupCount == 0 || (length(1) == FOUR && length <= FOUR);
        lengths[groupCount & (KEPT - 1)] = length;
        starts[groupCount & (KEPT - 1)] = openStart;
        groupCount++;
        lastEnd = at;
        gap = 0;
        gapWidth = 0;
        open = 0;
    }

    /** Of the group that is {@code back} from the end, the last being 1. */
    private int length(int back) {
        return lengths[(groupCount - back) & (KEPT - 1)];
    }

    private boolean inFours(int last) {
        int sum = last;
        for (int back = 2; back <= Math.min(groupCount, FOUR) && sum % FOUR == 0 && sum < 4 * FOUR; back++) {
            sum += length(back);
            if (sum == 4 * FOUR && length(back) % FOUR == 0) {
                return isStretch(back, sum);
            }
            if (length(back) % FOUR != 0) {
                return false;
            }
        }
        return false;
    }

    private boolean printed(int last) {
        for (int[] groups : PRINTED) {
            if (groups[groups.length - 1] == last && groups.length <= groupCount && isPrinted(groups)) {
                return true;
            }
        }
        return false;
    }

    private boolean isPrinted(int[] groups) {
        int sum = 0;
        for (int i = 0; i < groups.length; i++) {
            if (length(groups.length - i) != groups[i]) {
                return false;
            }
            sum += groups[i];
        }
        return isStretch(groups.length, sum);
    }

    private boolean isStretch(int groups, int sum) {
        boolean partOfSerial = serial && groups < groupCount;
        return !partOfSerial && isCard(sum) && found(starts[(groupCount - groups) & (KEPT - 1)]);
    }

    /** Nothing more comes: true if all the groups together are a card number. They are forgotten. */
    boolean end() {
        if (groupCount == 0 && digitCount == 0) {
            return false;
        }
        boolean plain = (gaps & ~(Characters.SPACE | Characters.DASH | Characters.DOT)) == 0 && (alike || oneKind);
        boolean card = groupCount > 1 && digitCount > CardRanges.SHORTEST && plain && isCard(digitCount);
        int start = firstStart;
        if (card) {
            return found(start);
        }
        forget();
        return false;
    }

    private boolean isCard(int length) {
        if (length > CardRanges.LONGEST) {
            return false;
        }
        int first = digitCount - length;
        int prefix = 0;
        for (int i = first; i < first + CardRanges.PREFIX; i++) {
            prefix = prefix * 10 + digits[i & (RING - 1)];
        }
        return CardRanges.hold(prefix, length) && isChecked(first);
    }

    /** Luhn's rule: every second digit from the right counts double, the sum ends in 0. */
    private boolean isChecked(int first) {
        int[] sums = (digitCount & 1) == 0 ? even : odd; // the last digit, at digitCount - 1, counts once
        return (sums[digitCount & (RING - 1)] - sums[first & (RING - 1)]) % 10 == 0;
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
        open = 0;
        gap = 0;
        gapWidth = 0;
    }
}
