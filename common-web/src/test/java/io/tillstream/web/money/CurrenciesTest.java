package io.tillstream.web.money;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** By Stripe's page "Supported currencies" (docs.stripe.com/currencies), as it stood on the days that {@link Currencies} names. */
class CurrenciesTest {

    @ParameterizedTest
    @CsvSource({
        "usd, 50",
        "usd, 99999999",
        "gbp, 30",
        "jpy, 50",
        "huf, 17500",
        "isk, 500",
        "ugx, 500",
        "kwd, 5120",
        "idr, 999999999999",
        "cop, 9999999999",
        "inr, 999999999",
        "pyg, 1",
        "xof, 1"
    })
    void whatStripeChargesCanBePaid(String currency, long amount) {
        assertThat(Currencies.fault(amount, currency)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "usd, 49, must be at least 50 in usd",
        "usd, 0, must be at least 50 in usd",
        "usd, -50, must be at least 50 in usd",
        "usd, 100000000, must be at most 99999999 in usd",
        "jpy, 49, must be at least 50 in jpy",
        "mxn, 999, must be at least 1000 in mxn",
        "idr, 1000000000000, must be at most 999999999999 in idr",
        "isk, 501, must end in 00 in isk",
        "isk, 1, must be at least 100 in isk",
        "ugx, 550, must end in 00 in ugx",
        "ugx, 99999999, must be at most 99999900 in ugx",
        "kwd, 5124, must end in 0 in kwd",
        "bhd, 5, must be at least 10 in bhd",
        "xxy, 500, 'is in xxy, which cannot be paid in'",
        "USD, 500, 'is in USD, which cannot be paid in'",
        "hrk, 500, 'is in hrk, which cannot be paid in'",
        "zwl, 500, 'is in zwl, which cannot be paid in'",
        "xau, 500, 'is in xau, which cannot be paid in'",
        "irr, 500, 'is in irr, which cannot be paid in'"
    })
    void whatNobodyCanPaySaysWhy(String currency, long amount, String why) {
        assertThat(Currencies.fault(amount, currency)).contains(why);
    }

    /** All that the page has, in minor units: so much can be paid, one less cannot. */
    @ParameterizedTest
    @CsvSource({
        "usd, 50", "aed, 200", "ars, 50", "aud, 50", "brl, 50", "cad, 50", "chf, 50", "cop, 50", "czk, 1500",
                "dkk, 250",
        "eur, 50", "gbp, 30", "hkd, 400", "huf, 17500", "idr, 50", "ils, 50", "inr, 50", "jpy, 50", "krw, 50",
                "mxn, 1000",
        "myr, 200", "nok, 300", "nzd, 50", "php, 50", "pln, 200", "ron, 200", "rub, 50", "sek, 300", "sgd, 50",
                "thb, 1000",
        "zar, 50"
    })
    void theLeastIsStripes(String currency, long least) {
        assertThat(Currencies.fault(least, currency)).isEmpty();
        assertThat(Currencies.fault(least - 1, currency)).contains("must be at least " + least + " in " + currency);
    }

    @ParameterizedTest
    @CsvSource({"usd, 1", "isk, 100", "kwd, 10", "hrk, 7"})
    void aPartOfWhatWasPaidIsNeverTooSmallToGoBack(String currency, long amount) {
        assertThat(Currencies.partial(amount, currency)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"isk, 150, must end in 00 in isk", "tnd, 15, must end in 0 in tnd"})
    void aPartThatStripeCannotGiveBackSaysWhy(String currency, long amount, String why) {
        assertThat(Currencies.partial(amount, currency)).contains(why);
    }

    @ParameterizedTest
    @CsvSource({"usd, 2", "jpy, 0", "isk, 2", "ugx, 2", "kwd, 3"})
    void decimalsAreThoseOfTheApiAndNotOfTheCoins(String currency, int decimals) {
        assertThat(Currencies.decimals(currency)).isEqualTo(decimals);
    }

    @ParameterizedTest
    @ValueSource(strings = {"usd", "eur", "jpy", "gbp", "sle", "xcg", "bhd", "isk", "ugx"})
    void theListHasWhatIsCurrent(String currency) {
        assertThat(Currencies.codes()).contains(currency);
    }

    @Test
    void theMostOfAllIsTheMostOfOne() {
        assertThat(Currencies.codes().stream().mapToLong(Currencies::most).max())
                .hasValue(Currencies.MOST_OF_ALL);
    }

    @Test
    void theListHasMoreThan135CurrenciesOfThreeLettersAndNoneTwice() {
        assertThat(Currencies.codes())
                .hasSizeGreaterThanOrEqualTo(135)
                .startsWith("usd", "eur")
                .doesNotHaveDuplicates()
                .allMatch(code -> code.matches("[a-z]{3}") && Currencies.isSupported(code));
        assertThat(Currencies.isSupported(null)).isFalse();
    }
}
