package io.tillstream.benchmark.bare;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Configuration;

/** Spring Cloud Gateway, whose one route is an argument. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class BareGateway {
    public static void main(String[] arguments) {
        SpringApplication application = new SpringApplication(BareGateway.class);
        application.addListeners((ApplicationReadyEvent event) -> System.out.println("ready"));
        var unused = application.run(arguments);
    }
}
