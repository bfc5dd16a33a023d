package io.tillstream.simulator.api;

import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsWebFilter;
import org.springframework.web.cors.reactive.UrlBasedCorsConfigurationSource;

/** Pages of any origin may call the API, as they may with Stripe's. */
@Configuration(proxyBeanMethods = false)
class BrowserAccess {
    @Bean
    CorsWebFilter corsOfTheApi() {
        CorsConfiguration anyone = new CorsConfiguration();
        anyone.addAllowedOrigin(CorsConfiguration.ALL);
        anyone.addAllowedHeader(CorsConfiguration.ALL);
        anyone.setAllowedMethods(List.of("GET", "HEAD", "POST", "DELETE"));
        anyone.setExposedHeaders(List.of("Request-Id", "Stripe-Should-Retry"));
        UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
        source.registerCorsConfiguration("/v1/**", anyone);
        return new CorsWebFilter(source);
    }
}
