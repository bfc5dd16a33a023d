package io.tillstream.payment.payable;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.events.Money;
import io.tillstream.payment.payable.Payment.Known;
import io.tillstream.stripeevents.CheckoutSessionState;
import io.tillstream.stripeevents.PaymentIntentState;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PaymentStatusCalculatorTest {

    private static Payment payment(PaymentStatus status) {
        return new Payment(
                UUID.randomUUID(),
                "ord_1",
                "alice",
                Method.CARD,
                status,
                true,
                new Money(1999, "usd"),
                new PaymentOptions("Books", List.of(), null, null, null, false, false, false, null),
                "cus_1",
                null,
                Known.NOTHING,
                null,
                null,
                0,
                Instant.EPOCH);
    }

    private static PaymentIntentState intent(String status, long received, String currency, @Nullable String code) {
        return new PaymentIntentState("pi_1", status, 1999, received, currency, 1, null, null, code, code, null);
    }

    private static CheckoutSessionState session(String status, String paid, long total, boolean asyncFailed) {
        return new CheckoutSessionState("cs_1", "payment", status, paid, total, "usd", null, null, asyncFailed);
    }

    private static PaymentStatus after(Known known) {
        return PaymentStatusCalculator.after(payment(PaymentStatus.INITIATED), known)
                .status();
    }

    @ParameterizedTest
    @CsvSource({
        "requires_payment_method, , ACTION_REQUIRED",
        "requires_payment_method, card_declined, FAILED",
        "requires_payment_method, authentication_required, ACTION_REQUIRED",
        "requires_payment_method, payment_intent_authentication_failure, FAILED",
        "requires_confirmation, , ACTION_REQUIRED",
        "requires_action, , ACTION_REQUIRED",
        "processing, , PROCESSING",
        "requires_capture, , PROCESSING",
        "canceled, , CANCELED"
    })
    void anIntentWithoutMoneyGivesTheStatusOfItsWayForward(
            String status, @Nullable String code, PaymentStatus expected) {
        assertThat(after(Known.NOTHING.with(intent(status, 0, "usd", code)))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"1999, usd, SUCCEEDED", "1998, usd, MISMATCHED", "2000, usd, MISMATCHED", "1999, eur, MISMATCHED"})
    void onlyTheRightMoneyIsASuccess(long received, String currency, PaymentStatus expected) {
        assertThat(after(Known.NOTHING.with(intent("succeeded", received, currency, null))))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "open, unpaid, 1999, false, ACTION_REQUIRED",
        "expired, unpaid, 1999, false, CANCELED",
        "complete, unpaid, 1999, false, PROCESSING",
        "complete, unpaid, 1999, true, FAILED",
        "complete, paid, 1999, false, SUCCEEDED",
        "complete, paid, 999, false, MISMATCHED"
    })
    void aSessionAloneTellsEnough(String status, String paid, long total, boolean failed, PaymentStatus expected) {
        assertThat(after(Known.NOTHING.with(session(status, paid, total, failed))))
                .isEqualTo(expected);
    }

    @Test
    void aDeclineOnStripesPageLeavesTheBuyerThere() {
        Known known = Known.NOTHING
                .with(session("open", "unpaid", 1999, false))
                .with(intent("requires_payment_method", 0, "usd", "card_declined"));
        assertThat(after(known)).isEqualTo(PaymentStatus.ACTION_REQUIRED);
    }

    @ParameterizedTest
    @EnumSource(PaymentStatus.class)
    void aSuccessIsForEver(PaymentStatus next) {
        assertThat(PaymentStatus.SUCCEEDED.canBecome(next)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(
            value = PaymentStatus.class,
            names = {"SUCCEEDED", "MISMATCHED"},
            mode = EnumSource.Mode.EXCLUDE)
    void moneyCanComeAfterAnything(PaymentStatus before) {
        assertThat(before.canBecome(PaymentStatus.SUCCEEDED)).isTrue();
    }

    @Test
    void whatWasOnceNotActiveIsNeverAgain() {
        Payment failed = PaymentStatusCalculator.after(
                payment(PaymentStatus.PROCESSING),
                Known.NOTHING.with(intent("requires_payment_method", 0, "usd", "card_declined")));
        assertThat(failed.active()).isFalse();
        Payment again = PaymentStatusCalculator.after(failed, Known.NOTHING.with(intent("processing", 0, "usd", null)));
        assertThat(again.status()).isEqualTo(PaymentStatus.PROCESSING);
        assertThat(again.active()).isFalse();
        assertThat(again.version()).isEqualTo(2);
    }
}
