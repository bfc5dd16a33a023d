package io.tillstream.simulator.paymentmethod;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Stripe's test bank accounts: those of the USA as they stand here, IBANs from {@code test-ibans.txt}. No other number is taken. */
final class TestBankAccounts {
    static final String US = "us_bank_account";
    static final String SEPA = "sepa_debit";
    static final String US_BANK = "110000000"; // its routing number

    /** docs.stripe.com/testing#ach-direct-debit (its copy of August 2026). */
    private static final List<TestAccount> OF_USA = List.of(
            of("success", "000123456789", Behavior.SUCCEEDS, null),
            of("accountClosed", "000111111113", Behavior.DEBIT_FAILS, "account_closed"),
            of("riskLevelHighest", "000000004954", Behavior.BLOCKED_BY_RADAR, null),
            of("noAccount", "000111111116", Behavior.DEBIT_FAILS, "no_account"),
            of("insufficientFunds", "000222222227", Behavior.DEBIT_FAILS, "insufficient_funds"),
            of("debitNotAuthorized", "000333333335", Behavior.DEBIT_FAILS, "debit_not_authorized"),
            of("invalidCurrency", "000444444440", Behavior.DEBIT_FAILS, "invalid_currency"),
            of("failMicrodeposits", "000666666661", Behavior.CREATION_FAILS, "microdeposits_not_simulated"),
            of("dispute", "000555555559", Behavior.DISPUTE, null),
            of("processing", "000000000009", Behavior.DEBIT_STAYS_PROCESSING, null),
            of("weeklyLimitExceeded", "000777777771", Behavior.DEBIT_FAILS, "charge_exceeds_source_limit"),
            of(null, "000888888885", Behavior.DEBIT_FAILS, "tokenized_account_number_deactivated"));

    /** By the columns of the file. */
    private static final Map<String, Outcome> OF_IBANS = Map.of(
            "success", new Outcome(Behavior.SUCCEEDS, null),
            "successDelayed", new Outcome(Behavior.DEBIT_SUCCEEDS_LATE, null),
            "failed", new Outcome(Behavior.DEBIT_FAILS, "insufficient_funds"),
            "failedDelayed", new Outcome(Behavior.DEBIT_FAILS_LATE, "insufficient_funds"),
            "disputed", new Outcome(Behavior.DISPUTE, null),
            "exceedsWeeklyVolumeLimit", new Outcome(Behavior.DEBIT_FAILS, "charge_exceeds_source_limit"),
            "exceedsWeeklyTransactionLimit", new Outcome(Behavior.DEBIT_FAILS, "charge_exceeds_weekly_limit"),
            "insufficientFunds", new Outcome(Behavior.DEBIT_FAILS, "insufficient_funds"),
            "bankNotSupported", new Outcome(Behavior.CREATION_FAILS, "sepa_debit_bank_not_supported"),
            "debitsNotSupported", new Outcome(Behavior.CREATION_FAILS, "bank_account_unusable"));

    private static final Map<String, TestAccount> BY_NAME = new HashMap<>();
    private static final Map<String, TestAccount> BY_NUMBER = new HashMap<>();
    private static final Map<String, TestAccount> BY_FINGERPRINT = new HashMap<>();

    static {
        OF_USA.forEach(TestBankAccounts::register);
        ofIbans().forEach(TestBankAccounts::register);
    }

    private record Outcome(Behavior behavior, @Nullable String code) {}

    private TestBankAccounts() {}

    /** By the part after {@code pm_usBankAccount_} or {@code pm_sepaDebit_}. */
    static Optional<TestAccount> named(String type, String name) {
        return Optional.ofNullable(BY_NAME.get(type + " " + name));
    }

    static Optional<TestAccount> numbered(String type, String number) {
        return Optional.ofNullable(BY_NUMBER.get(type + " " + number));
    }

    static Optional<TestAccount> withFingerprint(String fingerprint) {
        return Optional.ofNullable(BY_FINGERPRINT.get(fingerprint));
    }

    private static TestAccount of(@Nullable String name, String number, Behavior behavior, @Nullable String code) {
        return new TestAccount(name, US, number, behavior, code);
    }

    private static void register(TestAccount account) {
        if (account.name() != null) {
            BY_NAME.put(account.type() + " " + account.name(), account);
        }
        BY_NUMBER.put(account.type() + " " + account.number(), account);
        BY_FINGERPRINT.put(account.fingerprint(), account);
    }

    private static List<TestAccount> ofIbans() {
        List<String[]> rows = lines().stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.split("\\s+", -1))
                .toList();
        String[] columns = rows.get(0);
        List<TestAccount> accounts = new ArrayList<>();
        for (String[] row : rows.subList(1, rows.size())) {
            for (int i = 1; i < columns.length; i++) {
                if (!row[i].equals("-")) {
                    accounts.add(iban(row[0], columns[i], row[i]));
                }
            }
        }
        return accounts;
    }

    private static TestAccount iban(String country, String column, String number) {
        Outcome outcome = Objects.requireNonNull(OF_IBANS.get(column), column);
        boolean made = outcome.behavior() != Behavior.CREATION_FAILS;
        String name = made ? column + "_" + country.toLowerCase(Locale.ROOT) : null;
        return new TestAccount(name, SEPA, number, outcome.behavior(), outcome.code());
    }

    private static List<String> lines() {
        try (InputStream in = TestBankAccounts.class.getResourceAsStream("/test-ibans.txt")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
