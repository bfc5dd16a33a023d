package io.tillstream.simulator.balance;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.state.CanIgnoreReturnValue;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which currencies there are, how small and how large a payment may be, and how money is spoken of. From Stripe's page
 * {@code docs.stripe.com/currencies}, as django-getpaid's python-getpaid-stripe has it from 2026-07-10
 * ({@code docs/research/stripe-amounts-currencies.md}); the currencies are those of all Stripe's countries.
 */
public final class Currencies {
    private static final long LARGEST = 99_999_999; // eight digits, Stripe's limit
    private static final Map<String, Long> LARGEST_OF_SMALL =
            Map.of("cop", 9_999_999_999L, "idr", 999_999_999_999L, "inr", 999_999_999L);
    private static final Set<String> ZERO_DECIMAL = Set.of(
            "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf");
    /** Amounts end in 0 (three decimals, of which banks take two) or 00 (two decimals that are none): Stripe's currency page. */
    private static final Map<String, Long> STEP =
            Map.of("bhd", 10L, "jod", 10L, "kwd", 10L, "omr", 10L, "tnd", 10L, "isk", 100L, "ugx", 100L);

    private static final Map<String, Long> SMALLEST = Map.ofEntries(
            Map.entry("usd", 50L),
            Map.entry("aed", 200L),
            Map.entry("ars", 50L),
            Map.entry("aud", 50L),
            Map.entry("brl", 50L),
            Map.entry("cad", 50L),
            Map.entry("chf", 50L),
            Map.entry("cop", 50L),
            Map.entry("czk", 1500L),
            Map.entry("dkk", 250L),
            Map.entry("eur", 50L),
            Map.entry("gbp", 30L),
            Map.entry("hkd", 400L),
            Map.entry("huf", 17500L),
            Map.entry("idr", 50L),
            Map.entry("ils", 50L),
            Map.entry("inr", 50L),
            Map.entry("jpy", 50L),
            Map.entry("krw", 50L),
            Map.entry("mxn", 1000L),
            Map.entry("myr", 200L),
            Map.entry("nok", 300L),
            Map.entry("nzd", 50L),
            Map.entry("php", 50L),
            Map.entry("pln", 200L),
            Map.entry("ron", 200L),
            Map.entry("rub", 50L),
            Map.entry("sek", 300L),
            Map.entry("sgd", 50L),
            Map.entry("thb", 1000L),
            Map.entry("zar", 50L));
    private static final Set<String> OTHERS =
            Set.of(("afn all amd ang aoa awg azn bam bbd bdt bhd bif bmd bnd bob bsd bwp byn bzd cdf clp cny "
                            + "crc cve djf dop dzd egp etb fjd fkp gel gip gmd gnf gtq gyd hnl htg isk jmd jod kes kgs "
                            + "khr kmf kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mzn nad ngn "
                            + "nio npr omr pab pen pgk pkr pyg qar rsd rwf sar sbd scr shp sle sos srd std szl tjs tnd "
                            + "top try ttd twd tzs uah ugx uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer zmw")
                    .split(" ", -1));

    private Currencies() {}

    @CanIgnoreReturnValue
    public static String read(Params params) {
        return known(params.required("currency"), params.param("currency"));
    }

    /** A currency as Stripe writes it, refused if there is none; {@code param} named it. */
    @CanIgnoreReturnValue
    public static String known(String given, String param) {
        String currency = given.toLowerCase(Locale.ROOT);
        if (!SMALLEST.containsKey(currency) && !OTHERS.contains(currency)) {
            String all = Stream.concat(SMALLEST.keySet().stream(), OTHERS.stream())
                    .sorted()
                    .collect(Collectors.joining(", "));
            throw StripeError.malformed(
                    null,
                    "Invalid currency: " + currency + ". Stripe currently supports these currencies: " + all,
                    param);
        }
        return currency;
    }

    /** Refuses what is too small or too large to be taken. */
    public static void refuseBadAmount(long amount, String currency) {
        if (amount < 1) {
            throw StripeError.malformed(
                    "parameter_invalid_integer", "This value must be greater than or equal to 1.", "amount");
        }
        long smallest = smallest(currency);
        if (amount < smallest) {
            throw StripeError.invalid(
                    "amount_too_small", "Amount must be at least " + spoken(smallest, currency), "amount");
        }
        if (amount > largest(currency)) {
            throw StripeError.invalid(
                    "amount_too_large", "Amount must be no more than " + spoken(largest(currency), currency), "amount");
        }
        refuseUneven(amount, currency, "amount");
    }

    /** Refuses what the currency has no coin for, in a part of a payment too; {@code param} named it. */
    public static void refuseUneven(long amount, String currency, @Nullable String param) {
        long step = STEP.getOrDefault(currency, 1L);
        if (amount % step != 0) {
            throw StripeError.malformed(
                    "parameter_invalid_integer",
                    "Invalid integer: " + amount + ". Amounts in " + currency + " must be divisible by " + step + ".",
                    param);
        }
    }

    /** The most that can be charged. */
    public static long largest(String currency) {
        return LARGEST_OF_SMALL.getOrDefault(currency, LARGEST);
    }

    /** The least that can be charged. Where Stripe's page has none it is the same worth as 50 cents, which nobody can say here. */
    public static long smallest(String currency) {
        return SMALLEST.getOrDefault(currency, STEP.getOrDefault(currency, 1L));
    }

    public static String spoken(long amount, String currency) {
        if (ZERO_DECIMAL.contains(currency)) {
            return amount + " " + currency;
        }
        String sign = currency.equals("usd") ? "$" : currency.equals("eur") ? "€" : currency.equals("gbp") ? "£" : "";
        return String.format(Locale.ROOT, "%s%,d.%02d", sign, amount / 100, amount % 100) + " " + currency;
    }
}
