package io.tillstream.web.money;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The currencies that can be paid in, with the amounts that can. From Stripe's page "Supported currencies",
 * {@code docs.stripe.com/currencies}, whose list (of all countries) was compared as it stood in September 2026; whoever
 * adds one looks there. The least and the most, the decimals and the special cases are those of 10 July 2026, as the page was
 * copied that day by django-getpaid/python-getpaid-stripe ({@code docs/research/stripe-amounts-currencies.md}).
 *
 * <p>Left out is what is withdrawn: the kuna and the lev (the euro is there instead), the Antillean guilder ({@code xcg},
 * though the page lists both), the old leone ({@code sle}).
 */
public final class Currencies {

    private static final String TWO_DECIMALS = "aed afn all amd aoa ars aud awg azn bam bbd bdt bmd bnd bob brl bsd bwp"
            + " byn bzd cad cdf chf cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg"
            + " huf idr ils inr jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn"
            + " nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl"
            + " thb tjs top try ttd twd tzs uah usd uyu uzs wst xcd xcg yer zar zmw";

    private static final String NO_DECIMALS = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf";

    /** Card networks take no more than two of the three: the last digit is 0. */
    private static final String THREE_DECIMALS = "bhd jod kwd omr tnd";

    /** Without decimals by now, but written with two, which are 00. */
    private static final String WRITTEN_WITH_TWO = "isk ugx";

    /** What Stripe charges at least, where it is the account's own currency; elsewhere the same worth after conversion. */
    private static final Map<String, Long> LEAST = Map.ofEntries(
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
            Map.entry("huf", 17_500L),
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
            Map.entry("usd", 50L),
            Map.entry("zar", 50L));

    /**
     * Eight digits; twelve for the Indonesian rupiah, ten for the Colombian peso, nine for the Indian rupee. The page has twelve for
     * most cards by now, but only eight for other methods, and the reference of PaymentIntents still has eight for all
     * ({@code docs.stripe.com/api/payment_intents/create}): a price has to be payable by every method that is offered.
     */
    private static final long MOST = 99_999_999L;

    private static final Map<String, Long> MOST_OF_SMALL =
            Map.of("idr", 999_999_999_999L, "cop", 9_999_999_999L, "inr", 999_999_999L);

    /** The most in any currency: what the form of a request can say before its currency is known. */
    public static final long MOST_OF_ALL = 999_999_999_999L;

    private static final List<String> FIRST = List.of("usd", "eur", "gbp", "jpy");

    private static final Pattern SPACE = Pattern.compile(" ");

    private record Rule(int step, long least, long most) {}

    private static final Map<String, Rule> RULES = rules();

    private Currencies() {}

    private static Map<String, Rule> rules() {
        Map<String, Rule> rules = new TreeMap<>();
        add(rules, TWO_DECIMALS, 1);
        add(rules, NO_DECIMALS, 1);
        add(rules, THREE_DECIMALS, 10);
        add(rules, WRITTEN_WITH_TWO, 100);
        return Map.copyOf(rules);
    }

    private static void add(Map<String, Rule> rules, String codes, int step) {
        for (String code : words(codes)) {
            long least = Math.max(LEAST.getOrDefault(code, 1L), step);
            long most = MOST_OF_SMALL.getOrDefault(code, MOST);
            rules.put(code, new Rule(step, least, most - most % step));
        }
    }

    /** All of them, lower case: those in which most is paid, then the others by name. */
    public static List<String> codes() {
        return Stream.concat(
                        FIRST.stream(),
                        RULES.keySet().stream()
                                .filter(code -> !FIRST.contains(code))
                                .sorted())
                .toList();
    }

    public static boolean isSupported(@Nullable String currency) {
        return currency != null && RULES.containsKey(currency);
    }

    /** Why nobody can pay this, in words that follow a field's name; empty if it can be paid. */
    public static Optional<String> fault(long amount, String currency) {
        Rule rule = RULES.get(currency);
        if (rule == null) {
            return Optional.of("is in " + currency + ", which cannot be paid in");
        }
        if (amount < rule.least) {
            return Optional.of("must be at least " + rule.least + " in " + currency);
        }
        return amount > rule.most
                ? Optional.of("must be at most " + rule.most + " in " + currency)
                : partial(amount, currency);
    }

    /** The same for a part of what was paid, as a refund is: no part is too small. */
    public static Optional<String> partial(long amount, String currency) {
        Rule rule = RULES.get(currency);
        if (rule == null || amount % rule.step == 0) {
            return Optional.empty(); // money that came in whatever currency can go back in it
        }
        return Optional.of("must end in " + String.valueOf(rule.step).substring(1) + " in " + currency);
    }

    /** The most that can be paid at once; 0 in a currency that cannot be paid in. */
    public static long most(String currency) {
        Rule rule = RULES.get(currency);
        return rule == null ? 0 : rule.most;
    }

    /** How many digits stand behind the point of the amount as it is written in the API. */
    public static int decimals(String currency) {
        if (words(NO_DECIMALS).contains(currency)) {
            return 0;
        }
        return words(THREE_DECIMALS).contains(currency) ? 3 : 2;
    }

    private static Set<String> words(String text) {
        return SPACE.splitAsStream(text).collect(Collectors.toUnmodifiableSet());
    }
}
