package io.tillstream.simulator.paymentmethod;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One of Stripe's documented test bank accounts: debited later, and what comes of it then. */
public record TestAccount(
        @Nullable String name,
        String type,
        String number,
        Behavior behavior,
        @Nullable String failureCode) {

    private static final String US = "us_bank_account";
    private static final String SEPA = "sepa_debit";
    private static final List<TestAccount> ALL = List.of(
            new TestAccount("success", US, "000123456789", Behavior.SUCCEEDS, null),
            new TestAccount("accountClosed", US, "000111111113", Behavior.DEBIT_FAILS, "account_closed"),
            new TestAccount("noAccount", US, "000111111116", Behavior.DEBIT_FAILS, "no_account"),
            new TestAccount("insufficientFunds", US, "000222222227", Behavior.DEBIT_FAILS, "insufficient_funds"),
            new TestAccount("debitNotAuthorized", US, "000333333335", Behavior.DEBIT_FAILS, "debit_not_authorized"),
            new TestAccount("accountFrozen", US, "000444444440", Behavior.DEBIT_FAILS, "account_closed"),
            new TestAccount("processing", US, "000000000009", Behavior.DEBIT_STAYS_PROCESSING, null),
            new TestAccount("dispute", US, "000000000123", Behavior.DISPUTE, null),
            new TestAccount(null, SEPA, "AT611904300234573201", Behavior.SUCCEEDS, null),
            new TestAccount(null, SEPA, "DE89370400440532013000", Behavior.SUCCEEDS, null),
            new TestAccount(null, SEPA, "AT861904300235473202", Behavior.DEBIT_FAILS, "insufficient_funds"),
            new TestAccount(null, SEPA, "DE62370400440532013001", Behavior.DEBIT_FAILS, "insufficient_funds"),
            new TestAccount(null, SEPA, "AT591904300235473203", Behavior.DISPUTE, null),
            new TestAccount(null, SEPA, "AT321904300235473204", Behavior.DEBIT_SUCCEEDS_LATE, null),
            new TestAccount(null, SEPA, "AT051904300235473205", Behavior.DEBIT_FAILS_LATE, "insufficient_funds"),
            new TestAccount(null, SEPA, "AT981904300002222227", Behavior.DEBIT_FAILS, "insufficient_funds"),
            new TestAccount(null, SEPA, "DE08370400440532013003", Behavior.DEBIT_SUCCEEDS_LATE, null),
            new TestAccount(null, SEPA, "DE78370400440532013004", Behavior.DEBIT_FAILS_LATE, "insufficient_funds"),
            new TestAccount(null, SEPA, "DE35370400440532013002", Behavior.DISPUTE, null),
            new TestAccount(null, SEPA, "DE65370400440002222227", Behavior.DEBIT_FAILS, "insufficient_funds"),
            new TestAccount(null, SEPA, "FR1420041010050500013M02606", Behavior.SUCCEEDS, null),
            new TestAccount(null, SEPA, "FR3020041010050500013M02609", Behavior.DEBIT_SUCCEEDS_LATE, null),
            new TestAccount(null, SEPA, "FR8420041010050500013M02607", Behavior.DEBIT_FAILS, "insufficient_funds"),
            new TestAccount(null, SEPA, "FR7920041010050500013M02600", Behavior.DEBIT_FAILS_LATE, "insufficient_funds"),
            new TestAccount(null, SEPA, "FR5720041010050500013M02608", Behavior.DISPUTE, null),
            new TestAccount(null, SEPA, "IT40S0542811101000000123456", Behavior.SUCCEEDS, null),
            new TestAccount(null, SEPA, "IT60X0542811101000000123456", Behavior.DEBIT_FAILS, "insufficient_funds"),
            new TestAccount(null, SEPA, "BE62510007547061", Behavior.SUCCEEDS, null),
            new TestAccount(null, SEPA, "BE78510007547064", Behavior.DEBIT_SUCCEEDS_LATE, null),
            new TestAccount(null, SEPA, "BE68539007547034", Behavior.DEBIT_FAILS, "insufficient_funds"),
            new TestAccount(null, SEPA, "NL39RABO0300065264", Behavior.SUCCEEDS, null));

    /** By the part after {@code pm_usBankAccount_}. */
    static Optional<TestAccount> named(String name) {
        return ALL.stream().filter(account -> name.equals(account.name)).findFirst();
    }

    static Optional<TestAccount> numbered(String type, String number) {
        return ALL.stream()
                .filter(account -> account.type.equals(type) && account.number.equals(number))
                .findFirst();
    }

    static Optional<TestAccount> withFingerprint(String fingerprint) {
        return ALL.stream()
                .filter(account -> account.fingerprint().equals(fingerprint))
                .findFirst();
    }

    String lastFour() {
        return number.substring(number.length() - 4);
    }

    String fingerprint() {
        return Fingerprints.of(number);
    }
}
