package io.tillstream.web.limits;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A shop that sells books, sends parcels and writes down telephone numbers must not be refused its own numbers. */
class OrdinaryNumbersTest {

    private static final int MANY = 100_000;
    private static final long SEED = 18;

    enum Kind {
        EAN_13(random -> checked(digits(random, 12))),
        EAN_13_IN_GROUPS(random -> checked(digits(random, 12)).replaceFirst("(.)(.{6})", "$1 $2 ")),
        ISBN_13(random -> isbn(checked((random.nextBoolean() ? "978" : "979") + digits(random, 9)), random, true)),
        ISBN_10(random -> isbn(digits(random, 9) + "0123456789X".charAt(random.nextInt(11)), random, false)),
        UPS(random -> "1Z" + digits(random, 16)),
        USPS(random -> "9" + (1 + random.nextInt(5)) + digits(random, 20)),
        USPS_IN_FOURS(random -> fours("9" + (1 + random.nextInt(5)) + digits(random, 20))),
        FEDEX(random -> digits(random, 12)),
        FEDEX_IN_FOURS(random -> fours(digits(random, 12))),
        FEDEX_GROUND(random -> "96" + digits(random, 20)),
        DHL(random -> digits(random, 10)),
        DHL_PARCEL(random -> "00340" + digits(random, 15)),
        DHL_PARCEL_IN_FOURS(random -> fours("00340" + digits(random, 15))),
        POST(random -> "RR" + digits(random, 9) + "DE"),
        PHONE(random -> "+" + (1 + random.nextInt(9)) + digits(random, 7 + random.nextInt(8))),
        PHONE_IN_GROUPS(random -> "+" + (1 + random.nextInt(99)) + " (" + digits(random, 3) + ") " + digits(random, 3)
                + "-" + digits(random, 4)),
        PHONE_AT_HOME(random -> "0" + digits(random, 3) + " / " + digits(random, 7)),
        PHONE_ABROAD(random -> "00" + (1 + random.nextInt(99)) + " " + digits(random, 3) + " " + digits(random, 7)),
        UUIDS(random -> new UUID(random.nextLong(), random.nextLong()).toString()),
        UUIDS_OF_DIGITS(random -> (digits(random, 32)).replaceFirst("(.{8})(.{4})(.{4})(.{4})", "$1-$2-$3-$4-")),
        TWO_EAN_8(random -> digits(random, 8) + " / " + digits(random, 8)),
        TWO_PHONES(random ->
                digits(random, 4) + " " + digits(random, 4) + " / " + digits(random, 4) + " " + digits(random, 4)),
        IBAN(OrdinaryNumbersTest::account),
        IBAN_IN_FOURS(random -> fours(account(random))),
        ORDER(random -> "ORD-2026-" + digits(random, 6)),
        ORDER_BY_DAY(random -> "2026" + (10 + random.nextInt(3)) + (10 + random.nextInt(18)) + "-" + digits(random, 6)),
        ORDER_IN_GROUPS(random -> digits(random, 3) + "-" + digits(random, 7) + "-" + digits(random, 7)),
        TIME(random -> String.valueOf(1_700_000_000_000L + random.nextInt()));

        private final Function<Random, String> make;

        Kind(Function<Random, String> make) {
            this.make = make;
        }
    }

    @ParameterizedTest
    @EnumSource
    void ofManyNoneIsRefused(Kind kind) {
        Random random = new Random(SEED);
        List<String> refused = java.util.stream.Stream.generate(() -> kind.make.apply(random))
                .limit(MANY)
                .filter(text -> CardNumbers.in(text) || CardNumbers.in("The number is " + text + ", thanks."))
                .toList();
        assertThat(refused).as("seed %d", SEED).isEmpty();
    }

    /** No rule tells these from card numbers: they have the length and the range, and one in ten the check digit. */
    enum Rare {
        FEDEX_15(random -> digits(random, 15), 210),
        GTIN_14(random -> checked(digits(random, 13)), 380),
        DPD_14(random -> digits(random, 14), 380),
        SSCC_18(random -> checked(digits(random, 17)), 1_100),
        SSCC_18_IN_GROUPS(
                random ->
                        digits(random, 1) + " " + digits(random, 7) + " " + digits(random, 9) + " " + digits(random, 1),
                20),
        TWO_PHONES_AT_A_STROKE(
                random ->
                        digits(random, 4) + " " + digits(random, 4) + "/" + digits(random, 4) + " " + digits(random, 4),
                3_000),
        EIGHT_AND_EIGHT(random -> digits(random, 8) + " " + digits(random, 8), 3_000),
        SIX_AND_EAN_13(random -> digits(random, 6) + " " + checked(digits(random, 12)), 1_500);

        private final Function<Random, String> make;
        private final int most;

        Rare(Function<Random, String> make, int most) {
            this.make = make;
            this.most = most;
        }
    }

    /** Of 100,000, as docs/payments.md says. */
    @ParameterizedTest
    @EnumSource
    void ofManyFewAreRefused(Rare kind) {
        Random random = new Random(SEED);
        long refused = java.util.stream.Stream.generate(() -> kind.make.apply(random))
                .limit(MANY)
                .filter(CardNumbers::in)
                .count();
        assertThat(refused).as("seed %d", SEED).isLessThanOrEqualTo(kind.most);
    }

    /** Those of Stripe's page of test cards. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "4242424242424242", "4000056655665556", "5555555555554444", "2223003122003222", "5200828282828210",
                "5105105105105100", "378282246310005", "371449635398431", "6011111111111117", "6011000990139424",
                "6011981111111113", "3056930009020004", "36227206271667", "6555900000604105", "3566002020360505",
                "6200000000000005", "6200000000000047", "6205500000000000004", "4000002500001001", "5555552500001001",
                "4000050360000001", "5555050360000080", "4000000320000021", "4000000760000002", "4000001240000000",
                "4000004840008001", "4000002760003184", "4000000000000002", "4000000000009995", "4000000000009987",
                "4000000000009979", "4000000000000069", "4000000000000127", "4000000000000119", "4000000000006975",
                "4000000000000259", "4000000000001976", "4000000000002685", "4000000000005423", "4000000000007726",
                "4000000000005126", "4000000000000077", "4000003720000278", "4000002500003155", "4000003800000446",
                "4000008400001629", "4000000000003220", "4000000000003063", "4000008400001280", "4000000000003055",
                "4000000000000101", "4100000000000019", "4000000000004954", "4000000000009235", "4000000000000036"
            })
    void everyDocumentedTestCardIs(String number) {
        assertThat(CardNumbers.in(number)).isTrue();
        assertThat(CardNumbers.in("My card " + fours(number) + " 12/34 123.")).isTrue();
        assertThat(CardNumbers.in(number.replaceAll("(....)", "$1-").replaceAll("-$", "")))
                .isTrue();
    }

    /** By braintree/credit-card-type and Wikipedia's "Payment card number". */
    @ParameterizedTest
    @CsvSource({
        "Visa, 4000, 18", "Visa, 4999, 19", "JCB, 3528, 18", "JCB, 3589, 19", "Mir, 2200, 18", "Mir, 2204, 19",
        "Borica, 2205, 16", "Elo, 509000, 16", "Elo, 509999, 16", "Verve, 507865, 16", "Verve, 507964, 19",
                "RuPay, 82, 16",
        "Troy, 9792, 16"
    })
    void aNumberOfEachNetworkIsOne(String network, String prefix, int length) {
        Random random = new Random(SEED);
        String body = prefix + digits(random, length - 1 - prefix.length());
        int right = (int) java.util.stream.IntStream.range(0, 10)
                .filter(last -> CardNumbers.in(body + last))
                .count();
        assertThat(right).as(network).isEqualTo(1); // the one with its check digit
    }

    private static String digits(Random random, int length) {
        StringBuilder digits = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            digits.append(random.nextInt(10));
        }
        return digits.toString();
    }

    private static String fours(String digits) {
        return digits.replaceAll("(....)", "$1 ").trim();
    }

    /** With the last digit that codes of GS1 have: of 13, 14 or 18. */
    private static String checked(String body) {
        int sum = 0;
        for (int i = 0; i < body.length(); i++) {
            sum += (body.charAt(body.length() - 1 - i) - '0') * (i % 2 == 0 ? 3 : 1);
        }
        return body + (10 - sum % 10) % 10;
    }

    /** Of countries whose accounts have digits only, or a bank's letters too. */
    private static String account(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> account("ES", digits(random, 20));
            case 1 -> account("AT", digits(random, 16));
            case 2 -> account("BE", digits(random, 12));
            case 3 -> account("NL", "RABO" + digits(random, 10));
            case 4 -> account("PL", digits(random, 24));
            default -> account("DE", digits(random, 18));
        };
    }

    private static String account(String country, String body) {
        StringBuilder number = new StringBuilder();
        (body + country + "00").chars().forEach(c -> number.append(Character.digit(c, 36)));
        int check = 98
                - new java.math.BigInteger(number.toString())
                        .mod(java.math.BigInteger.valueOf(97))
                        .intValue();
        return country + (check < 10 ? "0" : "") + check + body;
    }

    private static String isbn(String plain, Random random, boolean prefixed) {
        int start = prefixed ? 3 : 0;
        int publisher = start + 1 + 2 + random.nextInt(4);
        String dashed = plain.substring(start, start + 1) + "-" + plain.substring(start + 1, publisher) + "-"
                + plain.substring(publisher, plain.length() - 1) + "-" + plain.substring(plain.length() - 1);
        return prefixed ? plain.substring(0, 3) + "-" + dashed : dashed;
    }
}
