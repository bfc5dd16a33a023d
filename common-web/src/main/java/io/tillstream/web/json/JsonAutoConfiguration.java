package io.tillstream.web.json;

import io.tillstream.web.WebSettings;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.codec.json.JacksonJsonDecoder;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import tools.jackson.databind.JacksonModule;

/** Reads requests strictly; what Stripe, Kafka and other services send is read by the application's tolerant mapper. */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
public class JsonAutoConfiguration {

    @Bean
    @Order(Ordered.LOWEST_PRECEDENCE) // after Boot's own codecs
    WebFluxConfigurer strictRequests(WebSettings settings, ObjectProvider<JacksonModule> modules) {
        return new WebFluxConfigurer() {
            @Override
            public void configureHttpMessageCodecs(ServerCodecConfigurer codecs) {
                codecs.defaultCodecs()
                        .jacksonJsonDecoder(new JacksonJsonDecoder(
                                StrictJson.mapper(modules.orderedStream().toList())));
                codecs.defaultCodecs()
                        .maxInMemorySize(Math.toIntExact(settings.bodyLimit().toBytes()));
            }
        };
    }
}
