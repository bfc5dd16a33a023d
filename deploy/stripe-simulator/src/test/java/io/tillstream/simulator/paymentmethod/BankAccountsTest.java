package io.tillstream.simulator.paymentmethod;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.simulator.RunningSimulator;
import io.tillstream.simulator.state.Json;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every bank account that Stripe's documentation has for tests ends as it says there: a shop that tries a failing debit must see
 * it fail (docs.stripe.com/testing, docs.stripe.com/payments/sepa-debit/accept-a-payment).
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BankAccountsTest extends RunningSimulator {
    private static final String MANDATE = "&mandate_data[customer_acceptance][type]=offline&confirm=true&amount=700";
    private static final String SEPA = "currency=eur&payment_method_types[]=sepa_debit" + MANDATE;
    private static final BigInteger NINETY_SEVEN = BigInteger.valueOf(97);

    /** By the words of the documentation: how the payment ends, and the failure code of its charge, if it names one. */
    private static final Map<String, String> DOCUMENTED = Map.of(
            "success", "succeeded",
            "successDelayed", "succeeded",
            "failed", "requires_payment_method",
            "failedDelayed", "requires_payment_method",
            "disputed", "succeeded",
            "exceedsWeeklyVolumeLimit", "requires_payment_method charge_exceeds_source_limit",
            "exceedsWeeklyTransactionLimit", "requires_payment_method charge_exceeds_weekly_limit",
            "insufficientFunds", "requires_payment_method insufficient_funds",
            "bankNotSupported", "refused sepa_debit_bank_not_supported",
            "debitsNotSupported", "refused bank_account_unusable");

    @BeforeAll
    @AfterAll
    void anew() {
        control("POST", "reset", "{}");
    }

    /** By country, and within it by scenario. */
    static List<Arguments> countries() throws IOException {
        List<String[]> rows;
        try (InputStream file = BankAccountsTest.class.getResourceAsStream("/test-ibans.txt")) {
            rows = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" ", -1))
                    .toList();
        }
        return rows.stream().skip(1).map(row -> country(rows.get(0), row)).toList();
    }

    private static Arguments country(String[] columns, String[] row) {
        Map<String, String> ibans = new LinkedHashMap<>();
        for (int i = 1; i < columns.length; i++) {
            if (!row[i].equals("-")) {
                ibans.put(columns[i], row[i]);
            }
        }
        return Arguments.of(row[0], ibans);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("countries")
    void theIbansOfACountryEndAsDocumented(String country, Map<String, String> ibans) {
        assertThat(DOCUMENTED.keySet()).containsAll(ibans.keySet());
        assertThat(ibans.size()).as("IT is not whole").isEqualTo(country.equals("IT") ? 2 : DOCUMENTED.size());
        Map<String, HttpResponse<String>> answers = new LinkedHashMap<>();
        ibans.forEach((scenario, iban) -> {
            assertThat(rest(iban)).as("check digits of " + iban).isEqualTo(1);
            HttpResponse<String> answer = debit(iban);
            if (documented(scenario)[0].equals("refused")) {
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
                JsonNode error = json(answer).path("error");
                assertThat(Json.text(error, "code")).isEqualTo(documented(scenario)[1]);
                assertThat(Json.text(error, "param")).isEqualTo("payment_method_data[sepa_debit][iban]");
            } else {
                seesProcessing(answer);
                answers.put(scenario, answer);
                seesReady(country, scenario, iban);
            }
        });
        control("PUT", "clock", "{'advance':'PT2M'}");
        answers.forEach((scenario, answer) -> {
            if (scenario.endsWith("Delayed")) {
                assertThat(Json.text(intent(answer), "status")).isEqualTo("processing");
            } else {
                seesEnd(scenario, answer, documented(scenario));
            }
        });
        control("PUT", "clock", "{'advance':'PT2M'}");
        answers.forEach((scenario, answer) -> seesEnd(scenario, answer, documented(scenario)));
    }

    private static String[] documented(String scenario) {
        return Objects.requireNonNull(DOCUMENTED.get(scenario)).split(" ", -1);
    }

    private HttpResponse<String> debit(String iban) {
        return raw(
                SECRET_KEY,
                "POST",
                "/v1/payment_intents",
                SEPA + "&payment_method_data[type]=sepa_debit&payment_method_data[sepa_debit][iban]=" + iban);
    }

    /** Without its number, by the name that the documentation gives it. */
    private void seesReady(String country, String scenario, String iban) {
        String token = "pm_sepaDebit_" + scenario + "_" + country.toLowerCase(Locale.ROOT);
        HttpResponse<String> ready = raw(SECRET_KEY, "POST", "/v1/payment_intents", SEPA + "&payment_method=" + token);
        seesProcessing(ready);
        String method = "/v1/payment_methods/" + Json.textOf(json(ready), "payment_method");
        JsonNode account = json(raw(SECRET_KEY, "GET", method, "")).path("sepa_debit");
        assertThat(Json.text(account, "country")).isEqualTo(country);
        assertThat(Json.text(account, "last4")).isEqualTo(iban.substring(iban.length() - 4));
    }

    @ParameterizedTest
    @CsvSource({
        "success, 000123456789, succeeded",
        "accountClosed, 000111111113, requires_payment_method account_closed",
        "noAccount, 000111111116, requires_payment_method no_account",
        "insufficientFunds, 000222222227, requires_payment_method insufficient_funds",
        "debitNotAuthorized, 000333333335, requires_payment_method debit_not_authorized",
        "invalidCurrency, 000444444440, requires_payment_method invalid_currency",
        "dispute, 000555555559, succeeded",
        "processing, 000000000009, processing",
        "weeklyLimitExceeded, 000777777771, requires_payment_method charge_exceeds_source_limit",
        "'', 000888888885, requires_payment_method"
    })
    void anAccountOfTheUsaEndsAsDocumented(String name, String number, String end) {
        String form = "currency=usd&payment_method_types[]=us_bank_account" + MANDATE;
        String typed = form + "&payment_method_data[type]=us_bank_account"
                + "&payment_method_data[us_bank_account][account_holder_type]=individual"
                + "&payment_method_data[us_bank_account][routing_number]=110000000"
                + "&payment_method_data[us_bank_account][account_number]=" + number;
        HttpResponse<String> answer = raw(SECRET_KEY, "POST", "/v1/payment_intents", typed);
        seesProcessing(answer);
        control("PUT", "clock", "{'advance':'PT2M'}");
        seesEnd(name, answer, end.split(" ", -1));
        if (!name.isEmpty()) {
            String token = "pm_usBankAccount_" + name;
            seesProcessing(raw(SECRET_KEY, "POST", "/v1/payment_intents", form + "&payment_method=" + token));
        }
    }

    /** docs.stripe.com/testing: "blocked by Radar". */
    @Test
    void anAccountOfTheHighestRiskIsNotDebited() {
        HttpResponse<String> answer = raw(
                SECRET_KEY,
                "POST",
                "/v1/payment_intents",
                "currency=usd&payment_method_types[]=us_bank_account&payment_method=pm_usBankAccount_riskLevelHighest"
                        + MANDATE);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(402);
        JsonNode intent = json(answer).path("error").path("payment_intent");
        assertThat(Json.text(intent, "status")).isEqualTo("requires_payment_method");
        JsonNode charge = json(raw(SECRET_KEY, "GET", "/v1/charges/" + Json.textOf(intent, "latest_charge"), ""));
        assertThat(Json.text(charge, "outcome.type")).isEqualTo("blocked");
    }

    /** What the buyer typed is shown; a bank that is none of Stripe's for tests is refused. */
    @Test
    void whoHoldsAnAccountOfTheUsaIsKept() {
        String form = "type=us_bank_account&us_bank_account[account_number]=000123456789"
                + "&us_bank_account[account_holder_type]=company&us_bank_account[account_type]=savings";
        String bank = "&us_bank_account[routing_number]=";

        HttpResponse<String> made = raw(SECRET_KEY, "POST", "/v1/payment_methods", form + bank + "110000000");
        HttpResponse<String> refused = raw(SECRET_KEY, "POST", "/v1/payment_methods", form + bank + "021000021");

        assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
        assertThat(Json.text(json(made), "us_bank_account.account_holder_type")).isEqualTo("company");
        assertThat(Json.text(json(made), "us_bank_account.account_type")).isEqualTo("savings");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(Json.text(json(refused).path("error"), "code")).isEqualTo("routing_number_invalid");
    }

    /** Older copies of docs.stripe.com/testing name them without the method: pm_success_at, pm_failedDelayed_lu. */
    @ParameterizedTest
    @CsvSource({"pm_success_at, succeeded", "pm_failed_lu, requires_payment_method"})
    void anAccountIsThereByItsOlderNameToo(String token, String end) {
        HttpResponse<String> answer = raw(SECRET_KEY, "POST", "/v1/payment_intents", SEPA + "&payment_method=" + token);
        seesProcessing(answer);
        control("PUT", "clock", "{'advance':'PT2M'}");
        assertThat(Json.text(intent(answer), "status")).isEqualTo(end);
    }

    /** The documentation has no IBAN of these countries: none is made up here. */
    @ParameterizedTest
    @CsvSource({
        "MT84MALT011000012345MTLCAST001S",
        "PL61109010140000071219812874",
        "RO49AAAA1B31007593840000",
        "SI56263300012039086",
        "SK3112000000198742637541"
    })
    void anIbanThatTheDocumentationDoesNotHaveIsRefused(String iban) {
        assertThat(rest(iban)).isEqualTo(1);
        HttpResponse<String> answer = debit(iban);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(Json.text(json(answer).path("error"), "param")).isEqualTo("payment_method_data[sepa_debit][iban]");
    }

    /** What cannot be tried here says so, and does not look as if it had worked. */
    @ParameterizedTest
    @CsvSource({
        "pm_usBankAccount_failMicrodeposits, us_bank_account, usd, microdeposits_not_simulated",
        "pm_usBankAccount_accountFrozen, us_bank_account, usd, resource_missing",
        "pm_sepaDebit_success_xx, sepa_debit, eur, resource_missing",
        "pm_sepaDebit_bankNotSupported_at, sepa_debit, eur, resource_missing",
        "pm_successful_at, sepa_debit, eur, resource_missing"
    })
    void whatIsNoTestAccountIsRefused(String token, String type, String currency, String code) {
        HttpResponse<String> answer = raw(
                SECRET_KEY,
                "POST",
                "/v1/payment_intents",
                "currency=" + currency + "&payment_method_types[]=" + type + "&payment_method=" + token + MANDATE);

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(Json.text(json(answer).path("error"), "code")).isEqualTo(code);
    }

    private void seesProcessing(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(Json.text(json(answer), "status")).isEqualTo("processing");
    }

    private ObjectNode intent(HttpResponse<String> answer) {
        return json(raw(SECRET_KEY, "GET", "/v1/payment_intents/" + Json.textOf(json(answer), "id"), ""));
    }

    private void seesEnd(String scenario, HttpResponse<String> answer, String[] documented) {
        ObjectNode intent = intent(answer);
        assertThat(Json.text(intent, "status")).as(scenario).isEqualTo(documented[0]);
        JsonNode charge = json(raw(SECRET_KEY, "GET", "/v1/charges/" + Json.textOf(intent, "latest_charge"), ""));
        if (documented.length > 1) {
            assertThat(Json.text(charge, "failure_code")).as(scenario).isEqualTo(documented[1]);
        }
        assertThat(charge.path("disputed").asBoolean()).as(scenario).isEqualTo(scenario.startsWith("dispute"));
        assertThat(Json.present(intent, "last_payment_error"))
                .as(scenario)
                .isEqualTo(documented[0].equals("requires_payment_method"));
    }

    /** ISO 13616: 1 for a number that is whole. */
    private static int rest(String iban) {
        StringBuilder digits = new StringBuilder();
        (iban.substring(4) + iban.substring(0, 4)).chars().forEach(each -> digits.append(Character.digit(each, 36)));
        return new BigInteger(digits.toString()).mod(NINETY_SEVEN).intValue();
    }
}
