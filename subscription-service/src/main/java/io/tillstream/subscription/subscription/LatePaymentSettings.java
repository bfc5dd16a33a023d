package io.tillstream.subscription.subscription;

import jakarta.validation.constraints.NotNull;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What becomes of money that is paid for an invoice after its subscription has ended.
 *
 * @param action give it back, or leave it to a person
 */
@Validated
@ConfigurationProperties("tillstream.late-payments")
record LatePaymentSettings(@NotNull @DefaultValue("refund") Action action) {

    enum Action {
        REFUND,
        FLAG
    }
}
