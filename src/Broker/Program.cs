using Devices.Broker;

return DevkeepdProgram.Run(args);
