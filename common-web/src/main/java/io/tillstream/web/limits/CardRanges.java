package io.tillstream.web.limits;

/**
 * Which four digits a card number begins with, and how many it has: the ranges of the networks that are in use, by
 * braintree/credit-card-type 10.3.0 ({@code src/lib/card-types.ts}) and Wikipedia's "Payment card number" (November 2026).
 * Four digits decide, so a narrower range is taken whole. Visa's 13 digits are left out: none was issued for decades, and every
 * tenth product code (EAN-13) that begins with 4 would be one. So are JCB's and Mir's 17: of 100,000 order numbers written
 * as 3-7-7 digits, 78 would be one.
 */
final class CardRanges {

    /** Digits of a card number; fewer are none. */
    static final int SHORTEST = 14;

    static final int LONGEST = 19;

    /** How many digits decide. */
    static final int PREFIX = 4;

    private static final int L14 = 1 << 14;
    private static final int L15 = 1 << 15;
    private static final int L16 = 1 << 16;
    private static final int L18 = 1 << 18;
    private static final int ONE18 =
            1 << 30; // 18 digits in one group only: no such card is known, and every parcel has one
    private static final int L19 = 1 << 19;

    /** First and last prefix, and the lengths (one bit each). */
    private static final int[][] RANGES = {
        {2200, 2204, L16 | ONE18 | L19}, // Mir
        {2205, 2205, L16}, // Borica
        {2221, 2720, L16}, // Mastercard
        {3000, 3059, L14 | L16}, // Diners Club
        {3095, 3095, L14 | L16},
        {3400, 3499, L15}, // American Express
        {3528, 3589, L16 | ONE18 | L19}, // JCB
        {3600, 3699, L14 | L16}, // Diners Club
        {3700, 3799, L15}, // American Express
        {3800, 3999, L14 | L16}, // Diners Club
        {4000, 4999, L16 | ONE18 | L19}, // Visa
        {5018, 5020, L16 | L18 | L19}, // Maestro, Dankort
        {5038, 5038, L16 | L18 | L19}, // Maestro
        {5060, 5062, L16 | L19}, // Verve, Elo
        {5078, 5079, L16 | L18 | L19}, // Verve: of these 507865 to 507964
        {5080, 5089, L16}, // RuPay
        {5090, 5099, L16}, // Elo
        {5100, 5599, L16}, // Mastercard
        {5893, 5893, L16 | L18 | L19}, // Maestro
        {6000, 6010, L16}, // RuPay
        {6011, 6011, L16 | L19}, // Discover
        {6062, 6062, L16}, // Hipercard
        {6200, 6299, L16 | L19}, // UnionPay
        {6304, 6304, L16 | L18 | L19}, // Maestro
        {6360, 6399, L16 | L19}, // InterPayment, InstaPayment
        {6440, 6599, L16 | L19}, // Discover, RuPay, BC card, DinaCard
        {6759, 6763, L16 | L18 | L19}, // Maestro
        {8100, 8171, L16 | L19}, // UnionPay
        {8200, 8299, L16}, // RuPay
        {9792, 9792, L16}, // Troy
    };

    private static final int[] LENGTHS = new int[10_000]; // by prefix

    static {
        for (int[] range : RANGES) {
            for (int prefix = range[0]; prefix <= range[1]; prefix++) {
                LENGTHS[prefix] = range[2];
            }
        }
    }

    private CardRanges() {}

    /** {@code whole}: the number is written in one group. */
    static boolean hold(int prefix, int length, boolean whole) {
        if (length > LONGEST) {
            return false;
        }
        int lengths = LENGTHS[prefix];
        return (lengths & (1 << length)) != 0 || (whole && length == 18 && (lengths & ONE18) != 0);
    }
}
