package io.tillstream.simulator;

import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Where a browser reaches this process. */
@Component
public class PublicAddress {
    private volatile String base;

    PublicAddress(SimulatorSettings settings) {
        this.base = settings.publicUrl();
    }

    @EventListener
    void listening(WebServerInitializedEvent event) {
        if (base.isEmpty()) {
            base = "http://127.0.0.1:" + event.getWebServer().getPort();
        }
    }

    /** The address of a page, {@code path} with its leading slash. */
    public String of(String path) {
        return base + path;
    }

    /** The page on which a buyer authenticates a PaymentIntent or SetupIntent. */
    public String authentication(String intentId) {
        return of("/3d_secure/authenticate/" + intentId);
    }
}
