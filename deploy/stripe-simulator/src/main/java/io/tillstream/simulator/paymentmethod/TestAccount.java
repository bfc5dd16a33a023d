package io.tillstream.simulator.paymentmethod;

import io.tillstream.simulator.api.StripeError;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One of Stripe's documented test bank accounts: debited later, and what comes of it then.
 *
 * @param name by which it is there without a number, behind {@code pm_usBankAccount_} or {@code pm_sepaDebit_}
 * @param failureCode of the charge, or of the refusal where no payment method is made of it
 */
record TestAccount(
        @Nullable String name,
        String type,
        String number,
        Behavior behavior,
        @Nullable String failureCode) {

    /** Why no payment method is made of it; empty for those that are debited. */
    Optional<StripeError> refusal(String param) {
        if (behavior != Behavior.CREATION_FAILS) {
            return Optional.empty();
        }
        String code = Objects.requireNonNull(failureCode);
        String message =
                switch (code) {
                    case "microdeposits_not_simulated" ->
                        "The stand-in for Stripe verifies bank accounts at once: it sends no microdeposits that could fail.";
                    case "sepa_debit_bank_not_supported" ->
                        "The bank of this account does not support SEPA Direct Debit. Try a different bank account.";
                    default -> "The bank account provided cannot be used. Try a different bank account.";
                };
        return Optional.of(StripeError.invalid(code, message, param));
    }

    String lastFour() {
        return number.substring(number.length() - 4);
    }

    String fingerprint() {
        return Fingerprints.of(number);
    }
}
