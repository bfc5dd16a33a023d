package io.tillstream.simulator.api;

/** A resource of Stripe's API. One bean per resource; it adds its endpoints to the routes at start. */
public interface Resource {
    void addTo(Routes routes);
}
