package io.tillstream.gateway;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/**
 * The one door. Stateless: every instance answers everything.
 *
 * <ul>
 *   <li>{@code routes}: which service answers what; read {@code Routes} first
 *   <li>{@code edge}: identity headers dropped, rates limited, CORS, headers for pages
 *   <li>{@code storefront}: the shop's pages
 *   <li>{@code config}: {@code GET /api/config}
 *   <li>{@code docs}: one OpenAPI document and page of all services
 * </ul>
 */
@SpringBootApplication
@ConfigurationPropertiesScan
public class GatewayApplication {
    public static void main(String[] args) {
        SpringApplication.run(GatewayApplication.class, args);
    }
}
