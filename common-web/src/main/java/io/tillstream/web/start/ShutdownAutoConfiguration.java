package io.tillstream.web.start;

import io.tillstream.web.WebSettings;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;

/** An orderly end. */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
public class ShutdownAutoConfiguration {

    @Bean
    ReadinessShutdownDelay readinessFirst(ApplicationContext context, WebSettings settings) {
        return new ReadinessShutdownDelay(context, settings.shutdownDelay());
    }
}
