package io.tillstream.subscription.access;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ResourceLoader;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DunningSettings.class)
class DunningConfiguration {

    @Bean
    DunningAccessPolicy dunningPolicy(DunningSettings settings, ResourceLoader loader) {
        return DunningFile.read(settings.policy(), loader);
    }
}
