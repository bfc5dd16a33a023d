package io.tillstream.subscription.moneyback;

import static org.assertj.core.api.Assertions.assertThat;

import io.tillstream.web.money.Currencies;
import jakarta.validation.Validation;
import org.junit.jupiter.api.Test;

/** What could be paid can go back: a rupiah has twelve digits. */
class RefundAmountTest {

    @Test
    void whatCouldBePaidCanBeGivenBack() {
        try (var factory = Validation.buildDefaultValidatorFactory()) {
            for (String currency : Currencies.codes()) {
                var request = new RefundController.Request(Currencies.most(currency), null);
                assertThat(factory.getValidator().validate(request))
                        .as(currency)
                        .isEmpty();
            }
        }
    }
}
