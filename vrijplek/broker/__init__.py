"""The broker that a demo starts for itself: mosquitto where there is one, else an embedded one."""
