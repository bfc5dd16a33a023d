package io.tillstream.identity;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/**
 * A small OpenID provider for local use, never for production: its users and passwords are written in its settings.
 *
 * <ul>
 *   <li>{@link IdentitySettings} says who may sign in and which programs may ask for tokens;
 *   <li>{@link Clients} registers the pages and the services;
 *   <li>{@link OperatorScope} keeps the scope {@code operator} with operators;
 *   <li>{@link AccessTokens} decides what stands in a token;
 *   <li>{@link SigningKey} keeps tokens valid over a restart.
 * </ul>
 */
@SpringBootApplication
@ConfigurationPropertiesScan
public class IdentityApplication {
    public static void main(String[] args) {
        SpringApplication.run(IdentityApplication.class, args);
    }
}
