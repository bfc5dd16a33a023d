package io.tillstream.simulator.paymentmethod;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.state.Timeline;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.springframework.stereotype.Component;

/** Reads card data that was typed in, and says what is wrong with it. */
@Component
final class Cards {
    private static final int FOUR_DIGIT_CVC = 4; // American Express
    private static final int LONGEST_AHEAD = 50; // years; Stripe refuses later expiry dates as invalid

    private final Timeline timeline;

    Cards(Timeline timeline) {
        this.timeline = timeline;
    }

    /** A card as it is used: which one, and until when it says it is valid. */
    record Typed(TestCard card, int expMonth, int expYear) {}

    Typed read(Params card) {
        String number = card.required("number").replace(" ", "").replace("-", "");
        if (!isNumber(number)) {
            throw refused("incorrect_number", "Your card number is incorrect.", card.param("number"));
        }
        TestCard known = TestCards.numbered(number).orElseThrow(() -> StripeError.card(
                        "card_declined",
                        "test_mode_live_card",
                        "Your card was declined. Your request was in test mode, but used a non test (live) card."
                                + " For a list of valid test cards, visit: https://stripe.com/docs/testing.")
                .with("param", ""));
        int month = (int) card.requiredInteger("exp_month");
        int year = (int) card.requiredInteger("exp_year");
        refuseBadExpiry(card, month, year < 100 ? year + 2000 : year);
        String cvc = card.text("cvc");
        int length = known.brand().equals("amex") ? FOUR_DIGIT_CVC : FOUR_DIGIT_CVC - 1;
        if (cvc != null
                && (!cvc.chars().allMatch(Character::isDigit) || (cvc.length() != length && cvc.length() != 3))) {
            throw refused("invalid_cvc", "Your card's security code is invalid.", card.param("cvc"));
        }
        return new Typed(known, month, year < 100 ? year + 2000 : year);
    }

    /** A ready test card is always valid: until next year's same month or so. */
    Typed ready(TestCard card) {
        ZonedDateTime now = now();
        return new Typed(card, now.getMonthValue(), now.getYear() + 1);
    }

    void refuseBadExpiry(Params card, int month, int year) {
        ZonedDateTime now = now();
        if (month < 1 || month > 12) {
            throw refused("invalid_expiry_month", "Your card's expiration month is invalid.", card.param("exp_month"));
        }
        boolean past = year < now.getYear() || (year == now.getYear() && month < now.getMonthValue());
        if (past || year > now.getYear() + LONGEST_AHEAD) {
            throw refused("invalid_expiry_year", "Your card's expiration year is invalid.", card.param("exp_year"));
        }
    }

    private ZonedDateTime now() {
        Instant instant = timeline.instant();
        return instant.atZone(ZoneOffset.UTC);
    }

    private static StripeError refused(String code, String message, String param) {
        return StripeError.card(code, null, message).with("param", param);
    }

    private static boolean isNumber(String number) {
        if (number.length() < 12 || number.length() > 19 || !number.chars().allMatch(Character::isDigit)) {
            return false;
        }
        int sum = 0;
        for (int i = 0; i < number.length(); i++) {
            int digit = number.charAt(number.length() - 1 - i) - '0';
            int doubled = digit * 2;
            sum += i % 2 == 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
        }
        return sum % 10 == 0;
    }
}
