package io.tillstream.web.query;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.server.WebFilter;

/** Parameters and bodies are known, or refused. */
@AutoConfiguration(afterName = "org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
public class QueryParameterAutoConfiguration {

    /** After access was checked and the body was read (0), before a key is claimed (10). */
    @Bean
    @Order(5)
    WebFilter knownParameters(@Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping handlers) {
        return new KnownParameters(handlers);
    }

    /** After a key was claimed (10): it stands for what was asked with it, whatever is wrong with that. */
    @Bean
    @Order(15)
    WebFilter declaredBodies(@Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping handlers) {
        return new UndeclaredBodyFilter(handlers);
    }
}
