/** Ships what is paid. Read {@link com.example.fulfilment.ShipmentFlow} first. */
@NullMarked
package com.example.fulfilment;

import org.jspecify.annotations.NullMarked;
