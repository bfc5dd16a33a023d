package io.tillstream.web.limits;

/**
 * International numbers of bank accounts (IBAN, ISO 13616): a country, two check digits, and as many characters as the
 * country's have. Written in fours, every fiftieth German one holds four groups that could be a card number.
 */
final class IbanScan {

    /** By SWIFT's registry of IBANs: each country and how many characters its accounts have. */
    private static final String COUNTRIES = """
            AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27
            DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22
            IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19
            MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31
            SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30
            """;

    private static final int LETTERS = 26;
    private static final int GROUP = 4;
    private static final int MODULUS = 97;
    private static final int[] LENGTHS = new int[LETTERS * LETTERS];

    static {
        for (String country : COUNTRIES.strip().split("\\s+", -1)) {
            LENGTHS[(country.charAt(0) - 'A') * LETTERS + country.charAt(1) - 'A'] =
                    Integer.parseInt(country.substring(2));
        }
    }

    private IbanScan() {}

    /**
     * How many characters the account's number has that begins here, with what parts its groups of four. Zero where none
     * begins; below zero, how many characters were read to see that it is none.
     */
    static int lengthAt(String text, int at) {
        int length = lengthOf(text, at);
        if (length == 0) {
            return 0;
        }
        int read = 0;
        int place = at;
        int head = 0;
        int rest = 0;
        for (; read < length && place < text.length(); place++) {
            int value = value(text.charAt(place));
            if (value < 0) {
                boolean parts = read % GROUP == 0 && isBetween(text, place);
                if (!parts) {
                    break;
                }
            } else {
                if (read < GROUP) {
                    head = appended(head, value);
                } else {
                    rest = appended(rest, value);
                }
                read++;
            }
        }
        boolean whole = read == length && !isGoingOn(text, place);
        return whole && isRight(head, rest) ? place - at : at - place;
    }

    private static int lengthOf(String text, int at) {
        boolean begins = at + GROUP <= text.length()
                && isLetter(text.charAt(at))
                && isLetter(text.charAt(at + 1))
                && isDigit(text.charAt(at + 2))
                && isDigit(text.charAt(at + 3));
        return begins ? LENGTHS[(text.charAt(at) - 'A') * LETTERS + text.charAt(at + 1) - 'A'] : 0;
    }

    /** The country and the check digits are counted behind all else: two letters of two digits each, and two digits. */
    private static boolean isRight(int head, int rest) {
        return (rest * 1_000_000L + head) % MODULUS == 1;
    }

    private static int appended(int number, int value) {
        return (value < 10 ? number * 10 + value : number * 100 + value) % MODULUS;
    }

    private static int value(char c) {
        return isDigit(c) ? c - '0' : isLetter(c) ? c - 'A' + 10 : -1;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isLetter(char c) {
        return c >= 'A' && c <= 'Z';
    }

    /** One space or dash between two groups. */
    private static boolean isBetween(String text, int place) {
        int kind = CharacterKinds.kindOf(text.charAt(place));
        boolean parts = kind == CharacterKinds.SPACE || kind == CharacterKinds.DASH;
        return parts && place + 1 < text.length() && value(text.charAt(place + 1)) >= 0;
    }

    private static boolean isGoingOn(String text, int place) {
        return place < text.length() && CharacterKinds.isPartOfId(text.charAt(place));
    }
}
