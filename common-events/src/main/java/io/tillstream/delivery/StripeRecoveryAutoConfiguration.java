package io.tillstream.delivery;

import io.tillstream.stripe.StripeRecovery;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

/** What waits for Stripe goes on as soon as it answers again, in every service that asks Stripe itself. */
@AutoConfiguration(after = DeliveryAutoConfiguration.class, afterName = "io.tillstream.stripe.StripeAutoConfiguration")
@ConditionalOnClass(StripeRecovery.class)
@ConditionalOnBean(StripeRecovery.class)
class StripeRecoveryAutoConfiguration {

    @Bean
    static SmartInitializingSingleton whatWaitsForStripe(
            StripeRecovery recovery, ObjectProvider<Sweep> sweeps, ObjectProvider<SetAsideDrain> setAside) {
        return () -> {
            sweeps.forEach(sweep -> recovery.whenItAnswersAgain(sweep::wake));
            setAside.ifAvailable(drain -> recovery.whenItAnswersAgain(drain::wake));
        };
    }
}
